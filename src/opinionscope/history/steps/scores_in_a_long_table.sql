-- Measures leave their columns for rows of their own; what a comparison stands on stays in `comparisons`.

DROP VIEW IF EXISTS run_overview;
DROP VIEW IF EXISTS run_measures;
DROP VIEW IF EXISTS run_distributions;
ALTER TABLE measures RENAME TO comparisons;
CREATE TABLE scores ( -- what the measures say; one that is not defined for a run has no row
  run_id TEXT NOT NULL REFERENCES comparisons(run_id) ON DELETE CASCADE,
  measure TEXT NOT NULL, -- KL and JS in nats
  value REAL NOT NULL, -- may be infinite
  low REAL, -- ends of the 95 % interval; NULL where there is none
  high REAL,
  floor REAL, -- what a perfect answer would score by chance; NULL where that is not known
  PRIMARY KEY (run_id, measure)
) WITHOUT ROWID;
INSERT INTO scores (run_id, measure, value, floor)
  SELECT run_id, 'kl', kl, floor_kl FROM comparisons WHERE kl IS NOT NULL
  UNION ALL SELECT run_id, 'kl_unsmoothed', kl_unsmoothed, floor_kl FROM comparisons
    WHERE kl_infinite_at IS NULL AND kl_unsmoothed IS NOT NULL
  UNION ALL SELECT run_id, 'kl_unsmoothed', 9e999, floor_kl FROM comparisons WHERE kl_infinite_at IS NOT NULL
  UNION ALL SELECT run_id, 'tv', tv, floor_tv FROM comparisons WHERE tv IS NOT NULL
  UNION ALL SELECT run_id, 'js', js, NULL FROM comparisons WHERE js IS NOT NULL
  UNION ALL SELECT run_id, 'wasserstein', wasserstein, NULL FROM comparisons WHERE wasserstein IS NOT NULL
  UNION ALL SELECT run_id, 'score', score, NULL FROM comparisons WHERE score IS NOT NULL;
ALTER TABLE comparisons DROP COLUMN kl;
ALTER TABLE comparisons DROP COLUMN kl_unsmoothed;
ALTER TABLE comparisons DROP COLUMN tv;
ALTER TABLE comparisons DROP COLUMN js;
ALTER TABLE comparisons DROP COLUMN wasserstein;
ALTER TABLE comparisons DROP COLUMN score;
ALTER TABLE comparisons DROP COLUMN kl_infinite_at;
ALTER TABLE comparisons DROP COLUMN floor_kl;
ALTER TABLE comparisons DROP COLUMN floor_tv;
