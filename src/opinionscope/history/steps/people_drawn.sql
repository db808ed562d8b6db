-- The people whom a run was about stay known, with their real answers, whatever becomes of the survey's file.

CREATE TABLE drawn_people ( -- people of the user's own file whom the calls of a run are about, by turns
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0, in the order in which they were drawn
  person INTEGER NOT NULL, -- place in the file of single people, from 0
  weight REAL NOT NULL,
  answer TEXT NOT NULL, -- label of the option that the person really chose
  PRIMARY KEY (run_id, position)
);
CREATE TABLE drawn_attributes ( -- what is known of a drawn person
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  drawn INTEGER NOT NULL, -- position of the person
  position INTEGER NOT NULL, -- of the attribute
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, drawn, position)
);
