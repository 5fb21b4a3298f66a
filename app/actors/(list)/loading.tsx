import { ActorsTableSkeleton } from "./actors-table.tsx";

export default function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-3">
      <h1 className="text-title font-medium">Actors</h1>
      <p role="status" className="sr-only">
        Loading the list of actors.
      </p>
      <div className="h-7" />
      <div className="panel">
        <ActorsTableSkeleton />
      </div>
    </div>
  );
}
