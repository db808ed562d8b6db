-- How a question was put beside group, steering and format; and more than one call a run.

ALTER TABLE runs ADD COLUMN samples INTEGER NOT NULL DEFAULT 30; -- simulated answers asked for
ALTER TABLE runs ADD COLUMN repeats INTEGER NOT NULL DEFAULT 1;
ALTER TABLE runs ADD COLUMN option_order TEXT NOT NULL DEFAULT 'survey'; -- survey, reversed or shuffled
ALTER TABLE runs ADD COLUMN reasoning INTEGER NOT NULL DEFAULT 0; -- 1 where the model was told to reason first
ALTER TABLE runs ADD COLUMN voice TEXT NOT NULL DEFAULT 'instruction'; -- how a persona was put
ALTER TABLE runs ADD COLUMN examples_wanted INTEGER NOT NULL DEFAULT 5;
ALTER TABLE runs ADD COLUMN examples_chosen INTEGER NOT NULL DEFAULT 0; -- 1 where the user chose the examples
ALTER TABLE runs ADD COLUMN numbered TEXT NOT NULL DEFAULT ''; -- letters of a JSON object asked for where possible
ALTER TABLE calls ADD COLUMN thought TEXT NOT NULL DEFAULT ''; -- what the model reasoned before it answered
ALTER TABLE calls ADD COLUMN structured INTEGER NOT NULL DEFAULT 0; -- 1 where the provider had to keep to a JSON schema
ALTER TABLE reading_options ADD COLUMN bound REAL; -- most it can be where it was not measured; NULL where it was
CREATE TABLE scalings ( -- the temperature applied to log-probs, and what it was fitted on
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  tau REAL NOT NULL,
  answers INTEGER NOT NULL, -- held-out ones
  questions INTEGER NOT NULL,
  source TEXT NOT NULL,
  kl_before REAL NOT NULL, -- mean KL(human || model) over the held-out answers, nats
  kl_after REAL NOT NULL,
  at_bound INTEGER NOT NULL -- 1 where the best tau lies beyond the range searched
);
CREATE TABLE planned_calls ( -- calls beside the first, which has its prompt and seed in runs
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 1
  prompt_hash TEXT NOT NULL REFERENCES prompts(hash),
  seed INTEGER,
  PRIMARY KEY (run_id, position)
);
CREATE INDEX planned_calls_prompt ON planned_calls(prompt_hash);
CREATE TABLE planned_letters ( -- what A, B, C, ... stand for in a call; none where as in options
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  call INTEGER NOT NULL, -- from 0
  position INTEGER NOT NULL, -- of the letter
  label TEXT NOT NULL,
  PRIMARY KEY (run_id, call, position)
);
