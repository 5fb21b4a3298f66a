"use client";

import { useRouter } from "next/navigation";
import { Button } from "../../../components/controls/controls.tsx";
import { Problem } from "../../../components/controls/states.tsx";
import { Ago, At } from "../../../components/facts/time.tsx";

/** Says that the database does not answer: what is shown is how things were, and nothing can become durable. */
export function DatabaseDown({ since }: { since: string }) {
  const router = useRouter();
  return (
    <Problem title="The database does not answer." action={<Button onClick={() => router.refresh()}>Try again</Button>}>
      Since <At at={since} />, <Ago at={since} />. What is shown is how things were then; what is sent waits until it is
      back, which is noticed by itself.
    </Problem>
  );
}
