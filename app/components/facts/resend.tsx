"use client";

import { usePathname, useRouter } from "next/navigation";
import type { Json } from "../../../server/protocol/journal.ts";
import { offerDraft } from "../../actors/[type]/[key]/send/draft.ts";
import { keyTextOf } from "../../actors/segments.ts";
import type { ActorAddress } from "../../read/read.ts";
import { Button } from "../controls/controls.tsx";

/** Fills the form of a message's command on its actor's page, to edit and resend the message. */
export function EditAndResend({
  address: { type, keyText },
  message: { id, command, payload },
}: {
  address: ActorAddress;
  message: { id: string; command: string; payload: Json };
}) {
  const router = useRouter();
  const page = `/actors/${type}/${keyText}`;
  const isThere = keyTextOf(usePathname()) === page;
  return (
    <Button
      aria-label={`Edit and resend ${id}`}
      onClick={() => {
        offerDraft({ type, keyText, command, payload, resends: id });
        if (!isThere) router.push(page);
      }}
    >
      Edit and resend
    </Button>
  );
}
