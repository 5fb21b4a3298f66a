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
	"mail_seq" bigint NOT NULL,
	"message_id" uuid NOT NULL,
	"command" text NOT NULL,
	"payload" json NOT NULL,
	"bytes" integer NOT NULL,
	"idempotency_key" text,
	"sender" json,
	"sent_at" timestamp with time zone NOT NULL,
	"attempts" smallint NOT NULL,
	"attempts_before" smallint NOT NULL,
	"started" boolean NOT NULL,
	"next_at" timestamp with time zone,
	"error" json,
	"effects" json,
	CONSTRAINT "mailbox_actor_id_mail_seq_pk" PRIMARY KEY("actor_id","mail_seq")
);
--> statement-breakpoint
CREATE TABLE "redrive" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"total" integer NOT NULL,
	"moved" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"trial" uuid,
	"trial_actor" bigint,
	"trial_mail_seq" bigint,
	"error" json
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
CREATE TABLE "sent" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"cause" uuid NOT NULL,
	"cause_command" text NOT NULL,
	"sender" bigint NOT NULL,
	"receiver" bigint NOT NULL,
	"command" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "actor" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "actor_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"key" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_active_at" timestamp with time zone NOT NULL,
	CONSTRAINT "actor_type_key" UNIQUE("type","key")
);
--> statement-breakpoint
CREATE TABLE "checkpoint" (
	"actor_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"state" json NOT NULL,
	"checksum" text NOT NULL,
	"version" integer NOT NULL,
	"turn_time" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"permanent" boolean NOT NULL,
	CONSTRAINT "checkpoint_actor_id_seq_pk" PRIMARY KEY("actor_id","seq")
);
--> statement-breakpoint
CREATE TABLE "commit" (
	"lane" smallint NOT NULL,
	"batch" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"turns" integer NOT NULL,
	"states" integer NOT NULL,
	"entries" integer NOT NULL,
	"replies" integer NOT NULL,
	"previous_duration_ms" integer,
	CONSTRAINT "commit_lane_batch_pk" PRIMARY KEY("lane","batch")
);
--> statement-breakpoint
CREATE TABLE "durable_state" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL,
	"state" json NOT NULL,
	"version" integer NOT NULL,
	"last_change" json NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"lane" smallint NOT NULL,
	"batch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entry" (
	"actor_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"lane" smallint NOT NULL,
	"batch" bigint NOT NULL,
	"body" json NOT NULL,
	CONSTRAINT "entry_actor_id_seq_pk" PRIMARY KEY("actor_id","seq")
);
--> statement-breakpoint
CREATE TABLE "fork" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"parent_id" bigint NOT NULL,
	"parent_key" text NOT NULL,
	"parent_seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lane" (
	"node" smallint NOT NULL,
	"lane" smallint NOT NULL,
	"epoch" bigint NOT NULL,
	"batch" bigint NOT NULL,
	"last_mail_seq" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "lane_node_lane_pk" PRIMARY KEY("node","lane")
);
--> statement-breakpoint
CREATE TABLE "node" (
	"id" smallint PRIMARY KEY NOT NULL,
	"owner" uuid NOT NULL,
	"location" text DEFAULT '' NOT NULL,
	"epoch" bigint NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"released" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply" (
	"actor_id" bigint NOT NULL,
	"idempotency_key" text NOT NULL,
	"digest" text NOT NULL,
	"message_id" uuid NOT NULL,
	"reply" json,
	"head" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "reply_actor_id_idempotency_key_pk" PRIMARY KEY("actor_id","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "tombstone" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"head" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "dead_letter_group" ON "dead_letter" USING btree ("fingerprint","at","message_id");--> statement-breakpoint
CREATE INDEX "dead_letter_at" ON "dead_letter" USING btree ("at","message_id");--> statement-breakpoint
CREATE INDEX "dead_letter_actor" ON "dead_letter" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "dead_letter_redrive" ON "dead_letter" USING btree ("redrive","message_id") WHERE "dead_letter"."redrive" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "redrive_started" ON "redrive" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "reminder_at" ON "reminder" USING btree ("at","actor_id","name");--> statement-breakpoint
CREATE INDEX "sent_at" ON "sent" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);--> statement-breakpoint
CREATE INDEX "actor_activity" ON "actor" USING btree ("last_active_at","id");--> statement-breakpoint
CREATE INDEX "actor_type_activity" ON "actor" USING btree ("type","last_active_at","id");--> statement-breakpoint
CREATE INDEX "actor_mark" ON "actor" USING btree (left(md5("type" || '/' || "key"), 8));--> statement-breakpoint
CREATE INDEX "actor_type_id" ON "actor" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "actor_key" ON "actor" USING btree ("key","type");--> statement-breakpoint
CREATE INDEX "entry_failed" ON "entry" USING btree ("actor_id","seq") WHERE "entry"."kind" = 'attempt_failed';--> statement-breakpoint
CREATE INDEX "entry_at" ON "entry" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);--> statement-breakpoint
CREATE INDEX "fork_parent" ON "fork" USING btree ("parent_id","actor_id");--> statement-breakpoint
CREATE INDEX "reply_at" ON "reply" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);--> statement-breakpoint
-- Finds actors by a part of their key. Without pg_trgm, or the right to create it, searches read every key.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX actor_key_trigrams ON actor USING gin (lower(key) gin_trgm_ops);
EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
  RAISE WARNING 'Key searches read every key: the extension pg_trgm cannot be created: %', SQLERRM;
END $$;--> statement-breakpoint
-- Rows that are updated often leave free space on their page, so that an update is heap-only and touches no index.
ALTER TABLE "durable_state" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);--> statement-breakpoint
ALTER TABLE "actor" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "lane" SET (fillfactor = 10);--> statement-breakpoint
ALTER TABLE "node" SET (fillfactor = 10);--> statement-breakpoint
-- Mailbox rows are short-lived: vacuum soon, so that their space is reused.
ALTER TABLE "mailbox" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
-- The latest known state of every actor, with its revision or seq. An actor with a durable state is shown by that state;
-- one with a journal by its newest valid checkpoint, or else by its first whole state.
CREATE VIEW "actor_state" AS
SELECT a.type, a.key, 'state' AS persistence, s.revision AS head, s.state::jsonb AS state, s.updated_at AS at
FROM actor a JOIN durable_state s ON s.actor_id = a.id
UNION ALL
SELECT a.type, a.key, 'journal', k.seq, k.state::jsonb, k.at
FROM actor a CROSS JOIN LATERAL (
  (SELECT seq, state, turn_time AS at FROM checkpoint
   WHERE actor_id = a.id
     AND checksum = translate(left(encode(sha256(convert_to(state::text, 'UTF8')), 'base64'), 22), '+/', '-_')
   ORDER BY seq DESC LIMIT 1)
  UNION ALL
  (SELECT seq, body -> 'state', at FROM entry
   WHERE actor_id = a.id AND kind IN ('turn', 'forked') AND body -> 'state' IS NOT NULL ORDER BY seq LIMIT 1)
  LIMIT 1
) k
WHERE NOT EXISTS (SELECT FROM durable_state s WHERE s.actor_id = a.id);--> statement-breakpoint
-- Every entry of every journal and history.
CREATE VIEW "actor_journal" AS
SELECT a.type, a.key, e.seq, e.at, e.kind, e.body ->> 'messageId' AS message_id,
  e.body -> 'message' ->> 'command' AS command, e.body::jsonb AS body
FROM entry e JOIN actor a ON a.id = e.actor_id;
