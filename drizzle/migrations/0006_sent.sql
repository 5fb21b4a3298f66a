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
CREATE INDEX "sent_at" ON "sent" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);--> statement-breakpoint
CREATE INDEX "actor_mark" ON "actor" USING btree (left(md5("type" || '/' || "key"), 8));