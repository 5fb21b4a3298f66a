CREATE TABLE "fork" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"parent_id" bigint NOT NULL,
	"parent_key" text NOT NULL,
	"parent_seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "fork_parent" ON "fork" USING btree ("parent_id","actor_id");