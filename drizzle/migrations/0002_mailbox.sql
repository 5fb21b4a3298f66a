CREATE TABLE "dead_letter" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"actor_id" bigint NOT NULL,
	"command" text NOT NULL,
	"payload" json NOT NULL,
	"bytes" integer NOT NULL,
	"idempotency_key" text,
	"sender" json,
	"sent_at" timestamp with time zone NOT NULL,
	"attempts" smallint NOT NULL,
	"error" json NOT NULL,
	"effects" json,
	"fingerprint" text NOT NULL,
	"title" text NOT NULL,
	"head" bigint NOT NULL,
	"code" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"redrive" uuid
);
--> statement-breakpoint
CREATE TABLE "mailbox" (
	"actor_id" bigint NOT NULL,
	"id" bigint NOT NULL,
	"message_id" uuid NOT NULL,
	"command" text NOT NULL,
	"payload" json NOT NULL,
	"bytes" integer NOT NULL,
	"idempotency_key" text,
	"sender" json,
	"sent_at" timestamp with time zone NOT NULL,
	"attempts" smallint NOT NULL,
	"attempts_before" smallint NOT NULL,
	"begun" boolean NOT NULL,
	"next_at" timestamp with time zone,
	"error" json,
	"effects" json,
	CONSTRAINT "mailbox_actor_id_id_pk" PRIMARY KEY("actor_id","id")
);
--> statement-breakpoint
CREATE TABLE "redrive" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"total" integer NOT NULL,
	"moved" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "reminder" (
	"actor_id" bigint NOT NULL,
	"name" text NOT NULL,
	"generation" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"every_ms" bigint,
	"command" text NOT NULL,
	"payload" json NOT NULL,
	"bytes" integer NOT NULL,
	CONSTRAINT "reminder_actor_id_name_pk" PRIMARY KEY("actor_id","name")
);
--> statement-breakpoint
ALTER TABLE "reply" ALTER COLUMN "reply" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "node" ADD COLUMN "released" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "lane" ADD COLUMN "mail" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "dead_letter_group" ON "dead_letter" USING btree ("fingerprint","at","message_id");--> statement-breakpoint
CREATE INDEX "dead_letter_at" ON "dead_letter" USING btree ("at","message_id");--> statement-breakpoint
CREATE INDEX "dead_letter_actor" ON "dead_letter" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "dead_letter_redrive" ON "dead_letter" USING btree ("redrive","message_id") WHERE "dead_letter"."redrive" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "reminder_at" ON "reminder" USING btree ("at","actor_id","name");--> statement-breakpoint
-- Rows come and go: what was deleted is to be found and reused soon.
ALTER TABLE "mailbox" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
-- Turns that wait for effects are in their actors' mailboxes from now on.
INSERT INTO mailbox (actor_id, id, message_id, command, payload, bytes, idempotency_key, sent_at, attempts, attempts_before, begun)
SELECT o.actor_id, 0, (e.body -> 'message' ->> 'id')::uuid, e.body -> 'message' ->> 'command', e.body -> 'message' -> 'payload',
  octet_length((e.body -> 'message' -> 'payload')::text), e.body -> 'message' ->> 'idempotencyKey',
  to_timestamp((e.body -> 'message' ->> 'now')::float8 / 1000), 0, 0, false
FROM open_turn o CROSS JOIN LATERAL (
  SELECT body FROM entry WHERE actor_id = o.actor_id AND kind = 'received' ORDER BY seq DESC LIMIT 1
) e;
