-- Rows that are updated over and over get room on their page, so that an update is heap-only and touches no index.
ALTER TABLE "durable_state" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);--> statement-breakpoint
ALTER TABLE "actor" SET (fillfactor = 90);--> statement-breakpoint
ALTER TABLE "lane" SET (fillfactor = 10);--> statement-breakpoint
ALTER TABLE "node" SET (fillfactor = 10);--> statement-breakpoint

-- For people: the latest known state of every actor, and the revision or seq that it stands for. What an actor with a
-- journal did since its newest checkpoint is in its journal only.
CREATE VIEW "actor_state" AS
SELECT a.type, a.key, 'state' AS persistence, s.revision AS head, s.state::jsonb AS state, s.updated_at AS at
FROM actor a JOIN durable_state s ON s.actor_id = a.id
UNION ALL
SELECT a.type, a.key, 'journal', k.seq, k.state::jsonb, k.at
FROM actor a CROSS JOIN LATERAL (
  (SELECT seq, state, turn_time AS at FROM checkpoint WHERE actor_id = a.id ORDER BY seq DESC LIMIT 1)
  UNION ALL
  (SELECT seq, body -> 'state', at FROM entry
   WHERE actor_id = a.id AND kind = 'turn' AND body -> 'state' IS NOT NULL ORDER BY seq LIMIT 1)
  LIMIT 1
) k;--> statement-breakpoint

-- For people: every entry of every journal.
CREATE VIEW "actor_journal" AS
SELECT a.type, a.key, e.seq, e.at, e.kind, e.body ->> 'messageId' AS message_id,
  e.body -> 'message' ->> 'command' AS command, e.body::jsonb AS body
FROM entry e JOIN actor a ON a.id = e.actor_id;
