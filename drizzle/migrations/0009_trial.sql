ALTER TABLE "redrive" ADD COLUMN "trial" uuid;--> statement-breakpoint
ALTER TABLE "redrive" ADD COLUMN "trial_actor" bigint;--> statement-breakpoint
ALTER TABLE "redrive" ADD COLUMN "trial_place" bigint;--> statement-breakpoint
ALTER TABLE "redrive" ADD COLUMN "error" json;--> statement-breakpoint
CREATE INDEX "redrive_started" ON "redrive" USING btree ("started_at");