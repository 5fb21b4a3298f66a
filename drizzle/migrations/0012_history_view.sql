-- For people: as before, but an actor with a durable state is shown by that alone, whatever entries its history has; and one
-- that is a fork by what it began with.
CREATE OR REPLACE VIEW "actor_state" AS
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
WHERE NOT EXISTS (SELECT FROM durable_state s WHERE s.actor_id = a.id);
