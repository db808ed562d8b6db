"""The tables and views of the history, as steps that lead from an empty file to today's.

A step that was released is never changed: what comes later is a new step at the end of `STEPS`.
Comments inside the SQL are kept by SQLite, and shown by the tools that show a schema.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opinionscope.history.schema_batches import batches_handed_in
from opinionscope.history.schema_bounds import bounds_of_sweeps
from opinionscope.history.schema_keeping import pins_bin_and_selections
from opinionscope.history.schema_options import further_recipe_fields
from opinionscope.history.schema_people import people_drawn
from opinionscope.history.schema_pooled import pooled_answers
from opinionscope.history.schema_requests import hashes_of_requests
from opinionscope.history.schema_search import full_text_of_prompts_and_answers
from opinionscope.history.schema_sweeps import sweeps_and_their_cells
from opinionscope.history.scores import scores_in_a_long_table

if TYPE_CHECKING:
    from sqlite_utils import Database

_SHARED_TABLES = """
CREATE TABLE questions ( -- survey items as they were when asked, each stored once
  hash TEXT PRIMARY KEY,
  dataset TEXT NOT NULL,
  question_id TEXT NOT NULL,
  domain TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  context TEXT NOT NULL, -- what respondents were told beforehand
  wording TEXT NOT NULL, -- verbatim, abridged or own
  source_key TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE options ( -- answer options in survey order
  question_hash TEXT NOT NULL REFERENCES questions(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0
  label TEXT NOT NULL,
  value REAL, -- place on an ordinal scale
  nonresponse INTEGER NOT NULL, -- 1 for "Refused" and its like
  PRIMARY KEY (question_hash, position)
);
CREATE TABLE topics (
  question_hash TEXT NOT NULL REFERENCES questions(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (question_hash, position)
);
CREATE TABLE groups ( -- groups of people, each stored once
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  expression TEXT NOT NULL -- as on the command line: party=Democrat,sex=Female
);
CREATE TABLE group_attributes (
  group_hash TEXT NOT NULL REFERENCES groups(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (group_hash, position)
);
CREATE TABLE prompts ( -- the two messages that are sent, each pair stored once
  hash TEXT PRIMARY KEY,
  system TEXT NOT NULL,
  user TEXT NOT NULL
);
CREATE TABLE humans ( -- how a group really answered a question, each stored once
  hash TEXT PRIMARY KEY,
  question_hash TEXT NOT NULL REFERENCES questions(hash),
  group_hash TEXT NOT NULL REFERENCES groups(hash),
  n REAL -- how many answers; NULL where the source gives shares only
);
CREATE TABLE human_shares (
  human_hash TEXT NOT NULL REFERENCES humans(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  probability REAL NOT NULL,
  PRIMARY KEY (human_hash, position)
);
CREATE INDEX humans_question ON humans(question_hash);
CREATE INDEX humans_group ON humans(group_hash);
"""

_RUN_TABLES = """
CREATE TABLE runs ( -- one question put to one model, with everything needed to repeat it
  id TEXT PRIMARY KEY, -- a ULID: sorted by it, runs are in order of time
  created TEXT NOT NULL, -- all times are ISO 8601, UTC
  finished TEXT,
  status TEXT NOT NULL, -- running, done, unread, failed or cancelled
  question_hash TEXT NOT NULL REFERENCES questions(hash),
  group_hash TEXT NOT NULL REFERENCES groups(hash),
  human_hash TEXT REFERENCES humans(hash), -- NULL where no human answer is known
  steering TEXT NOT NULL,
  format TEXT NOT NULL,
  prompt_hash TEXT NOT NULL REFERENCES prompts(hash),
  model TEXT NOT NULL, -- as chosen; the one that answered is in calls
  kind TEXT NOT NULL, -- live or recorded
  api_base TEXT, -- never with a key in it
  temperature REAL NOT NULL,
  max_tokens INTEGER NOT NULL,
  top_logprobs INTEGER NOT NULL,
  seed INTEGER,
  epsilon REAL NOT NULL,
  drop_nonresponse INTEGER NOT NULL,
  template_version TEXT NOT NULL,
  pack_version TEXT NOT NULL,
  program_version TEXT NOT NULL,
  error_title TEXT NOT NULL, -- why there are no measures, or empty
  error TEXT NOT NULL,
  note TEXT NOT NULL, -- the user's own
  session TEXT NOT NULL -- which program instance is at it, while status is running
);
CREATE INDEX runs_question ON runs(question_hash);
CREATE INDEX runs_group ON runs(group_hash);
CREATE INDEX runs_human ON runs(human_hash);
CREATE INDEX runs_prompt ON runs(prompt_hash);
CREATE INDEX runs_setup ON runs(model, steering, format, status);
CREATE INDEX runs_running ON runs(session) WHERE status = 'running';
CREATE TABLE examples ( -- real questions shown as worked examples in the prompt
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE prompt_notes ( -- what a reader should know about how the prompt was made
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE tags (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
);
CREATE INDEX tags_tag ON tags(tag);
"""

_OUTCOME_TABLES = """
CREATE TABLE calls ( -- what came back, before anybody read meaning into it
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  resolved_model TEXT NOT NULL, -- the model that answered, as its provider names it
  answered TEXT, -- when a live answer came in
  recorded TEXT NOT NULL, -- when and where a recorded answer was made, in words
  seconds REAL NOT NULL,
  raw_text TEXT, -- NULL where only figures were recorded
  finish_reason TEXT NOT NULL,
  unread TEXT NOT NULL, -- why a recorded answer has no figures, or empty
  candidates INTEGER, -- how many candidates for the first token; NULL where no log-probs were given
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  cost_usd REAL, -- NULL where the price is not known
  UNIQUE (run_id, position)
);
CREATE TABLE call_tokens ( -- candidates for the first token, as given
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  token TEXT NOT NULL,
  logprob REAL, -- nats; NULL for what was no number
  PRIMARY KEY (call_id, position)
);
CREATE TABLE call_figures ( -- recorded figures before normalising
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  figure REAL, -- NULL where the option was not offered
  PRIMARY KEY (call_id, position)
);
CREATE TABLE readings ( -- what the parser made of the answer
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  reason TEXT NOT NULL, -- why it could not be read, or empty
  coverage REAL, -- share of the answer that landed on the offered options; NULL where that was not recorded
  sample_size INTEGER, -- letters counted, where the answer was itself a sample
  n REAL
);
CREATE TABLE reading_options (
  run_id TEXT NOT NULL REFERENCES readings(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  figure REAL, -- as found in the answer
  probability REAL, -- normalised; NULL if the answer could not be read
  PRIMARY KEY (run_id, position)
);
CREATE TABLE reading_trace ( -- how it was read, step by step
  run_id TEXT NOT NULL REFERENCES readings(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  step TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE measures ( -- KL and JS in nats
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  kl REAL NOT NULL, -- KL(human || model), the model smoothed with epsilon
  kl_unsmoothed REAL, -- NULL where infinite
  kl_infinite_at INTEGER, -- position of the option that makes it so
  tv REAL NOT NULL,
  js REAL NOT NULL,
  wasserstein REAL, -- scale points
  score REAL, -- 100 * (1 - TV / TV of uniform)
  floor_kl REAL, -- what a perfect answer would score by chance
  floor_tv REAL,
  epsilon REAL NOT NULL,
  human_n REAL,
  model_n REAL -- how many answers the model's side was counted from; NULL where it was not
);
CREATE TABLE distributions ( -- the two sides as compared; an option that was left out has no row
  run_id TEXT NOT NULL REFERENCES measures(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  human REAL NOT NULL,
  model REAL NOT NULL,
  PRIMARY KEY (run_id, position)
);
"""

_VIEWS = {
    "run_overview": """
SELECT runs.id AS run_id, runs.created, questions.dataset, questions.question_id AS question, questions.title,
  groups.name AS group_name, runs.steering, runs.format, runs.model, runs.kind, runs.status,
  measures.kl, measures.tv, measures.floor_kl
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN measures ON measures.run_id = runs.id
""",
    "run_measures": """
SELECT runs.id AS run_id, runs.created, questions.dataset, questions.domain, questions.question_id AS question,
  groups.name AS group_name, runs.steering, runs.format, runs.model, calls.resolved_model, runs.kind, runs.status,
  measures.kl, measures.kl_unsmoothed, options.label AS kl_infinite_at, measures.tv, measures.js,
  measures.wasserstein, measures.score, measures.epsilon, runs.drop_nonresponse, measures.floor_kl,
  measures.floor_tv, humans.n AS human_n, readings.coverage, readings.sample_size, calls.prompt_tokens,
  calls.completion_tokens, calls.cost_usd, calls.seconds, runs.error_title, runs.error, runs.note
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN calls ON calls.run_id = runs.id AND calls.position = 0
  LEFT JOIN readings ON readings.run_id = runs.id
  LEFT JOIN measures ON measures.run_id = runs.id
  LEFT JOIN options ON options.question_hash = runs.question_hash AND options.position = measures.kl_infinite_at
""",
    "run_distributions": """
SELECT runs.id AS run_id, options.position, options.label,
  CASE WHEN measures.run_id IS NULL THEN human_shares.probability ELSE distributions.human END AS human,
  CASE WHEN measures.run_id IS NULL THEN reading_options.probability ELSE distributions.model END AS model
FROM runs
  JOIN options ON options.question_hash = runs.question_hash
  LEFT JOIN measures ON measures.run_id = runs.id
  LEFT JOIN distributions ON distributions.run_id = runs.id AND distributions.position = options.position
  LEFT JOIN human_shares ON human_shares.human_hash = runs.human_hash AND human_shares.position = options.position
  LEFT JOIN reading_options ON reading_options.run_id = runs.id AND reading_options.position = options.position
""",
}


def runs_and_their_outcomes(db: "Database") -> None:
    """The first schema: shared tables, runs, outcomes, and the views to read them by."""
    for script in (_SHARED_TABLES, _RUN_TABLES, _OUTCOME_TABLES):
        db.executescript(script)
    for name, sql in _VIEWS.items():
        db.create_view(name, sql.strip())


_LETTERS_TABLE = """
CREATE TABLE call_letters ( -- what A, B, C, ... stood for when an answer was recorded; none where as in options
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the letter
  label TEXT NOT NULL,
  PRIMARY KEY (call_id, position)
);
"""


def letters_of_recorded_answers(db: "Database") -> None:
    """Recorded text is kept with the options as they were lettered then, so that it can be read again."""
    db.executescript(_LETTERS_TABLE)


_RECIPES = """
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
"""


_MEASURES_VIEW = """
SELECT runs.id AS run_id, runs.created, questions.dataset, questions.domain, questions.question_id AS question,
  groups.name AS group_name, runs.steering, runs.format, runs.voice, runs.option_order, runs.reasoning, runs.repeats,
  runs.model, calls.resolved_model, runs.kind, runs.status,
  measures.kl, measures.kl_unsmoothed, options.label AS kl_infinite_at, measures.tv, measures.js,
  measures.wasserstein, measures.score, measures.epsilon, runs.drop_nonresponse, measures.floor_kl,
  measures.floor_tv, humans.n AS human_n, readings.coverage, readings.sample_size, totals.calls,
  totals.prompt_tokens, totals.completion_tokens, totals.cost_usd, totals.seconds,
  runs.error_title, runs.error, runs.note
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN calls ON calls.run_id = runs.id AND calls.position = 0
  LEFT JOIN (
    SELECT run_id, count(*) AS calls,
      CASE WHEN count(prompt_tokens) = count(*) THEN sum(prompt_tokens) END AS prompt_tokens,
      CASE WHEN count(completion_tokens) = count(*) THEN sum(completion_tokens) END AS completion_tokens,
      CASE WHEN count(cost_usd) = count(*) THEN sum(cost_usd) END AS cost_usd,
      sum(seconds) AS seconds
    FROM calls GROUP BY run_id
  ) AS totals ON totals.run_id = runs.id
  LEFT JOIN readings ON readings.run_id = runs.id
  LEFT JOIN measures ON measures.run_id = runs.id
  LEFT JOIN options ON options.question_hash = runs.question_hash AND options.position = measures.kl_infinite_at
"""


def recipes_and_planned_calls(db: "Database") -> None:
    """How a question was put beside group, steering and format; and more than one call a run."""
    db.executescript(_RECIPES)
    db.create_view("run_measures", _MEASURES_VIEW.strip(), replace=True)


STEPS: tuple[Callable[["Database"], None], ...] = (
    runs_and_their_outcomes,
    letters_of_recorded_answers,
    recipes_and_planned_calls,
    scores_in_a_long_table,
    hashes_of_requests,
    pins_bin_and_selections,
    full_text_of_prompts_and_answers,
    pooled_answers,
    further_recipe_fields,
    sweeps_and_their_cells,
    people_drawn,
    batches_handed_in,
    bounds_of_sweeps,
)
