import { Skeleton } from "../components/controls/states.tsx";

const rows = ["w-64", "w-56", "w-72", "w-60", "w-64", "w-52"];

export default function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-3">
      <h1 className="text-title font-medium">Dead letters</h1>
      <p role="status" className="sr-only">
        Loading the dead letters.
      </p>
      <div className="h-7" />
      <div className="panel flex flex-col divide-y divide-line">
        {rows.map((width) => (
          <div key={width} className="flex h-9 items-center px-3">
            <Skeleton width={width} />
          </div>
        ))}
      </div>
    </div>
  );
}
