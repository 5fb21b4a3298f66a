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
	"sparse" boolean NOT NULL,
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
CREATE TABLE "lane" (
	"node" smallint NOT NULL,
	"lane" smallint NOT NULL,
	"epoch" bigint NOT NULL,
	"batch" bigint NOT NULL,
	CONSTRAINT "lane_node_lane_pk" PRIMARY KEY("node","lane")
);
--> statement-breakpoint
CREATE TABLE "node" (
	"id" smallint PRIMARY KEY NOT NULL,
	"owner" uuid NOT NULL,
	"epoch" bigint NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "open_turn" (
	"actor_id" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply" (
	"actor_id" bigint NOT NULL,
	"idempotency_key" text NOT NULL,
	"digest" text NOT NULL,
	"message_id" uuid NOT NULL,
	"reply" json NOT NULL,
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
CREATE INDEX "actor_activity" ON "actor" USING btree ("last_active_at","id");--> statement-breakpoint
CREATE INDEX "actor_type_activity" ON "actor" USING btree ("type","last_active_at","id");--> statement-breakpoint
CREATE INDEX "reply_at" ON "reply" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);