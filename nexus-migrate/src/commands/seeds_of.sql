-- The rows that an environment was given last; an error where none was given any, or the table of them is not there.
SELECT rows FROM nexus.seeds WHERE environment =
