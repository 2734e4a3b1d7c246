-- Memberships belong to the server, as roles do: which of them count, an author says, and `server.sql` finds them.
SELECT 0::oid, 0::oid, 0, '[]'::json, '{}'::json WHERE false
ORDER BY 1
