-- Proved on PostgreSQL 15.18 (native): forward, backward, with 143 rows in 13 tables.
--   create role platform_app
--   create role platform_app
--   create role platform_app
--   create role platform_auditor
--   create role platform_auditor
--   create role platform_auditor
--   create role platform_migrator
--   create role platform_migrator
--   create role platform_migrator
--   create role platform_owner
--   create role platform_owner
--   create role platform_owner
--   create role platform_readonly
--   create role platform_readonly
--   create role platform_readonly
--   create membership platform_owner.platform_migrator
--   create owner on table public.accounts
--   create owner on table public.ai_insights
--   create owner on table public.ai_models
--   create owner on table public.alerts
--   create owner on table public.api_aliases
--   create owner on table public.api_endpoints
--   create owner on table public.audit_logs
--   create owner on table public.roles
--   create owner on table public.ssot_anchors
--   create owner on table public.system_metrics
--   create owner on table public.transactions
--   create owner on table public.user_roles
--   create owner on table public.users
--   create owner on function public.touch_updated_at()
--   create grant platform_owner on schema public
--   create grant platform_app on table public.accounts
--   create grant platform_app on table public.ai_insights
--   create grant platform_readonly on table public.ai_insights
--   create grant platform_app on table public.ai_models
--   create grant platform_readonly on table public.ai_models
--   create grant platform_app on table public.alerts
--   create grant platform_readonly on table public.alerts
--   create grant platform_app on table public.api_aliases
--   create grant platform_readonly on table public.api_aliases
--   create grant platform_app on table public.api_endpoints
--   create grant platform_readonly on table public.api_endpoints
--   create grant platform_app on table public.audit_logs
--   create grant platform_auditor on table public.audit_logs
--   create grant platform_app on table public.roles
--   create grant platform_auditor on table public.roles
--   create grant platform_readonly on table public.roles
--   create grant platform_app on table public.ssot_anchors
--   create grant platform_readonly on table public.ssot_anchors
--   create grant platform_app on table public.system_metrics
--   create grant platform_readonly on table public.system_metrics
--   create grant platform_app on table public.transactions
--   create grant platform_auditor on table public.transactions
--   create grant platform_readonly on table public.transactions
--   create grant platform_app on table public.user_roles
--   create grant platform_auditor on table public.user_roles
--   create grant platform_readonly on table public.user_roles
--   create grant platform_app on table public.users
-- Locks and work on what was there before, as measured:
--   create owner on table public.accounts: locks public.accounts in ACCESS EXCLUSIVE
--   create owner on table public.accounts: locks public.accounts_account_number_key in ACCESS EXCLUSIVE
--   create owner on table public.accounts: locks public.accounts_pkey in ACCESS EXCLUSIVE
--   create owner on table public.accounts: locks public.idx_accounts_user_id in ACCESS EXCLUSIVE
--   create owner on table public.ai_insights: locks public.ai_insights in ACCESS EXCLUSIVE
--   create owner on table public.ai_insights: locks public.ai_insights_pkey in ACCESS EXCLUSIVE
--   create owner on table public.ai_insights: locks public.idx_ai_insights_model_id in ACCESS EXCLUSIVE
--   create owner on table public.ai_models: locks public.ai_models in ACCESS EXCLUSIVE
--   create owner on table public.ai_models: locks public.ai_models_pkey in ACCESS EXCLUSIVE
--   create owner on table public.alerts: locks public.alerts in ACCESS EXCLUSIVE
--   create owner on table public.alerts: locks public.alerts_pkey in ACCESS EXCLUSIVE
--   create owner on table public.alerts: locks public.idx_alerts_severity in ACCESS EXCLUSIVE
--   create owner on table public.alerts: locks public.idx_alerts_status in ACCESS EXCLUSIVE
--   create owner on table public.api_aliases: locks public.api_aliases in ACCESS EXCLUSIVE
--   create owner on table public.api_aliases: locks public.api_aliases_pkey in ACCESS EXCLUSIVE
--   create owner on table public.api_aliases: locks public.idx_api_aliases_alias in ACCESS EXCLUSIVE
--   create owner on table public.api_aliases: locks public.idx_api_aliases_context in ACCESS EXCLUSIVE
--   create owner on table public.api_endpoints: locks public.api_endpoints in ACCESS EXCLUSIVE
--   create owner on table public.api_endpoints: locks public.api_endpoints_name_key in ACCESS EXCLUSIVE
--   create owner on table public.api_endpoints: locks public.api_endpoints_pkey in ACCESS EXCLUSIVE
--   create owner on table public.api_endpoints: locks public.idx_api_endpoints_name in ACCESS EXCLUSIVE
--   create owner on table public.audit_logs: locks public.audit_logs in ACCESS EXCLUSIVE
--   create owner on table public.audit_logs: locks public.audit_logs_pkey in ACCESS EXCLUSIVE
--   create owner on table public.audit_logs: locks public.idx_audit_logs_changed_at in ACCESS EXCLUSIVE
--   create owner on table public.audit_logs: locks public.idx_audit_logs_table_record in ACCESS EXCLUSIVE
--   create owner on table public.roles: locks public.roles in ACCESS EXCLUSIVE
--   create owner on table public.roles: locks public.roles_name_key in ACCESS EXCLUSIVE
--   create owner on table public.roles: locks public.roles_pkey in ACCESS EXCLUSIVE
--   create owner on table public.ssot_anchors: locks public.idx_ssot_anchors_family in ACCESS EXCLUSIVE
--   create owner on table public.ssot_anchors: locks public.ssot_anchors in ACCESS EXCLUSIVE
--   create owner on table public.ssot_anchors: locks public.ssot_anchors_anchor_id_key in ACCESS EXCLUSIVE
--   create owner on table public.ssot_anchors: locks public.ssot_anchors_pkey in ACCESS EXCLUSIVE
--   create owner on table public.system_metrics: locks public.idx_system_metrics_name in ACCESS EXCLUSIVE
--   create owner on table public.system_metrics: locks public.idx_system_metrics_timestamp in ACCESS EXCLUSIVE
--   create owner on table public.system_metrics: locks public.system_metrics in ACCESS EXCLUSIVE
--   create owner on table public.system_metrics: locks public.system_metrics_pkey in ACCESS EXCLUSIVE
--   create owner on table public.transactions: locks public.idx_transactions_account_id in ACCESS EXCLUSIVE
--   create owner on table public.transactions: locks public.idx_transactions_date in ACCESS EXCLUSIVE
--   create owner on table public.transactions: locks public.transactions in ACCESS EXCLUSIVE
--   create owner on table public.transactions: locks public.transactions_pkey in ACCESS EXCLUSIVE
--   create owner on table public.user_roles: locks public.user_roles in ACCESS EXCLUSIVE
--   create owner on table public.user_roles: locks public.user_roles_pkey in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.idx_users_email in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.idx_users_username in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.users in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.users_email_key in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.users_pkey in ACCESS EXCLUSIVE
--   create owner on table public.users: locks public.users_username_key in ACCESS EXCLUSIVE
-- Data loss: none.
-- Reversible: yes, by the down file; rows that are gone stay gone.

DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_app') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_app') THEN CREATE ROLE platform_app; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_app' AND (rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, false, true, true, -1, 'infinity')) THEN ALTER ROLE platform_app NOCREATEDB NOCREATEROLE INHERIT LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_app' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE platform_app NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_auditor') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_auditor') THEN CREATE ROLE platform_auditor; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_auditor' AND (rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, false, true, true, -1, 'infinity')) THEN ALTER ROLE platform_auditor NOCREATEDB NOCREATEROLE INHERIT LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_auditor' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE platform_auditor NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_migrator') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_migrator') THEN CREATE ROLE platform_migrator; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_migrator' AND (rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, false, true, true, -1, 'infinity')) THEN ALTER ROLE platform_migrator NOCREATEDB NOCREATEROLE INHERIT LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_migrator' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE platform_migrator NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_owner') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_owner') THEN CREATE ROLE platform_owner; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_owner' AND (rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, false, true, false, -1, 'infinity')) THEN ALTER ROLE platform_owner NOCREATEDB NOCREATEROLE INHERIT NOLOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_owner' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE platform_owner NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_readonly') THEN IF has_table_privilege('pg_catalog.pg_authid', 'UPDATE') THEN LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE; END IF; IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_readonly') THEN CREATE ROLE platform_readonly; END IF; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_readonly' AND (rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolconnlimit, coalesce(rolvaliduntil, 'infinity')) = (false, false, true, true, -1, 'infinity')) THEN ALTER ROLE platform_readonly NOCREATEDB NOCREATEROLE INHERIT LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'; END IF; END$$;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'platform_readonly' AND (rolsuper, rolreplication, rolbypassrls) = (false, false, false)) THEN ALTER ROLE platform_readonly NOSUPERUSER NOREPLICATION NOBYPASSRLS; END IF; END$$;
GRANT platform_owner TO platform_migrator;
ALTER TABLE public.accounts OWNER TO platform_owner;
ALTER TABLE public.ai_insights OWNER TO platform_owner;
ALTER TABLE public.ai_models OWNER TO platform_owner;
ALTER TABLE public.alerts OWNER TO platform_owner;
ALTER TABLE public.api_aliases OWNER TO platform_owner;
ALTER TABLE public.api_endpoints OWNER TO platform_owner;
ALTER TABLE public.audit_logs OWNER TO platform_owner;
ALTER TABLE public.roles OWNER TO platform_owner;
ALTER TABLE public.ssot_anchors OWNER TO platform_owner;
ALTER TABLE public.system_metrics OWNER TO platform_owner;
ALTER TABLE public.transactions OWNER TO platform_owner;
ALTER TABLE public.user_roles OWNER TO platform_owner;
ALTER TABLE public.users OWNER TO platform_owner;
ALTER ROUTINE public.touch_updated_at() OWNER TO platform_owner;
GRANT CREATE, USAGE ON SCHEMA public TO platform_owner;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.accounts TO platform_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.ai_insights TO platform_app;
GRANT SELECT ON TABLE public.ai_insights TO platform_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.ai_models TO platform_app;
GRANT SELECT ON TABLE public.ai_models TO platform_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.alerts TO platform_app;
GRANT SELECT ON TABLE public.alerts TO platform_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.api_aliases TO platform_app;
GRANT SELECT ON TABLE public.api_aliases TO platform_readonly;
GRANT SELECT ON TABLE public.api_endpoints TO platform_app;
GRANT SELECT ON TABLE public.api_endpoints TO platform_readonly;
GRANT INSERT, SELECT ON TABLE public.audit_logs TO platform_app;
GRANT SELECT ON TABLE public.audit_logs TO platform_auditor;
GRANT SELECT ON TABLE public.roles TO platform_app;
GRANT SELECT ON TABLE public.roles TO platform_auditor;
GRANT SELECT ON TABLE public.roles TO platform_readonly;
GRANT SELECT ON TABLE public.ssot_anchors TO platform_app;
GRANT SELECT ON TABLE public.ssot_anchors TO platform_readonly;
GRANT INSERT, SELECT ON TABLE public.system_metrics TO platform_app;
GRANT SELECT ON TABLE public.system_metrics TO platform_readonly;
GRANT INSERT, SELECT, UPDATE ON TABLE public.transactions TO platform_app;
GRANT SELECT ON TABLE public.transactions TO platform_auditor;
GRANT SELECT ON TABLE public.transactions TO platform_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.user_roles TO platform_app;
GRANT SELECT ON TABLE public.user_roles TO platform_auditor;
GRANT SELECT ON TABLE public.user_roles TO platform_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE public.users TO platform_app;
