-- Rows that are updated over and over get room on their page, so that an update is heap-only and touches no index.
ALTER TABLE "actor_state" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);--> statement-breakpoint
ALTER TABLE "actor" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "lane" SET (fillfactor = 10);--> statement-breakpoint
ALTER TABLE "node" SET (fillfactor = 10);
