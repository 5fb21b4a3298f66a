import { Skeleton } from "../../../components/states.tsx";

const lines = ["w-40", "w-56", "w-48", "w-64", "w-32", "w-52"];

export default function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <p role="status" className="sr-only">
        Loading the actor.
      </p>
      <Skeleton width="w-24" />
      <Skeleton width="w-72 h-6!" />
      <Skeleton width="w-96 max-w-full" />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        {[1, 2].map((panel) => (
          <div key={panel} className="panel flex flex-col gap-2.5 p-3">
            {lines.map((width) => (
              <Skeleton key={width} width={width} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
