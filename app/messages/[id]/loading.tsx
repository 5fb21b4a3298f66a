import { Skeleton } from "../../components/controls/states.tsx";

const rows = ["w-64", "w-48", "w-72", "w-56", "w-40"];

export default function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-3">
      <h1 className="sr-only">Message</h1>
      <p role="status" className="sr-only">
        Loading the message.
      </p>
      <Skeleton width="w-72 h-6!" />
      {[1, 2].map((panel) => (
        <div key={panel} className="panel flex flex-col gap-3 p-3">
          {rows.map((width) => (
            <Skeleton key={width} width={width} />
          ))}
        </div>
      ))}
    </div>
  );
}
