-- Whether a type reads a text: what PostgreSQL 16 has of itself.
CREATE OR REPLACE FUNCTION pg_temp.pg_input_is_valid(value text, type text) RETURNS boolean LANGUAGE plpgsql AS $function$
BEGIN
    EXECUTE format('SELECT %L::%s', value, type);
    RETURN true;
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR invalid_text_representation OR syntax_error THEN
    RETURN false;
END $function$
