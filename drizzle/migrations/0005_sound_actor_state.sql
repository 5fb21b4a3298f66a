-- For people: as before, but a checkpoint that is damaged is passed over, as recovery does.
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
   WHERE actor_id = a.id AND kind = 'turn' AND body -> 'state' IS NOT NULL ORDER BY seq LIMIT 1)
  LIMIT 1
) k;
