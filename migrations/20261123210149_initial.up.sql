-- Proved on PostgreSQL 15.20 (native): forward, backward, with 0 rows in 0 tables.
--   create table public.accounts
--   create table public.ai_insights
--   create table public.ai_models
--   create table public.alerts
--   create table public.api_aliases
--   create table public.api_endpoints
--   create table public.audit_logs
--   create table public.roles
--   create table public.ssot_anchors
--   create table public.system_metrics
--   create table public.transactions
--   create table public.user_roles
--   create table public.users
--   create constraint public.accounts.accounts_user_id_fkey
--   create constraint public.ai_insights.ai_insights_model_id_fkey
--   create constraint public.alerts.alerts_acknowledged_by_fkey
--   create constraint public.api_aliases.api_aliases_created_by_fkey
--   create constraint public.audit_logs.audit_logs_changed_by_fkey
--   create constraint public.transactions.transactions_account_id_fkey
--   create constraint public.user_roles.user_roles_assigned_by_fkey
--   create constraint public.user_roles.user_roles_role_id_fkey
--   create constraint public.user_roles.user_roles_user_id_fkey
--   create index public.idx_accounts_user_id
--   create index public.idx_ai_insights_model_id
--   create index public.idx_alerts_severity
--   create index public.idx_alerts_status
--   create index public.idx_api_aliases_alias
--   create index public.idx_api_aliases_context
--   create index public.idx_api_endpoints_name
--   create index public.idx_audit_logs_changed_at
--   create index public.idx_audit_logs_table_record
--   create index public.idx_ssot_anchors_family
--   create index public.idx_system_metrics_name
--   create index public.idx_system_metrics_timestamp
--   create index public.idx_transactions_account_id
--   create index public.idx_transactions_date
--   create index public.idx_users_email
--   create index public.idx_users_username
--   create function public.touch_updated_at()
--   create trigger public.accounts.update_accounts_updated_at
--   create trigger public.ai_models.update_ai_models_updated_at
--   create trigger public.api_endpoints.update_api_endpoints_updated_at
--   create trigger public.ssot_anchors.update_ssot_anchors_updated_at
--   create trigger public.transactions.update_transactions_updated_at
--   create trigger public.users.update_users_updated_at
--   create seed public.api_endpoints.accounts.create
--   create seed public.roles.admin
--   create seed public.ssot_anchors.api.config
--   and 142 comments
-- Locks on what was there before: none.
-- Data loss: none.
-- Reversible: yes, by the down file; rows that are gone stay gone.

SET LOCAL check_function_bodies = off;

CREATE TABLE public.accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid,
    account_name character varying(255) NOT NULL,
    account_number character varying(100) NOT NULL,
    account_type character varying(50) NOT NULL,
    bank_name character varying(255),
    balance numeric(15,2) DEFAULT 0.00,
    currency character varying(3) DEFAULT 'USD'::character varying,
    is_active boolean DEFAULT true,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_account_number_key UNIQUE (account_number)
);
CREATE TABLE public.ai_insights (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    model_id uuid,
    insight_type character varying(100) NOT NULL,
    title character varying(255) NOT NULL,
    description text,
    data jsonb DEFAULT '{}'::jsonb,
    confidence numeric(3,2),
    created_at timestamp without time zone DEFAULT now(),
    CONSTRAINT ai_insights_pkey PRIMARY KEY (id)
);
CREATE TABLE public.ai_models (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(255) NOT NULL,
    provider character varying(100) NOT NULL,
    version character varying(50) NOT NULL,
    status character varying(50) DEFAULT 'inactive'::character varying,
    capabilities jsonb DEFAULT '[]'::jsonb,
    performance jsonb DEFAULT '{}'::jsonb,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    CONSTRAINT ai_models_pkey PRIMARY KEY (id)
);
CREATE TABLE public.alerts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    alert_name character varying(255) NOT NULL,
    severity character varying(50) NOT NULL,
    message text NOT NULL,
    status character varying(50) DEFAULT 'active'::character varying,
    acknowledged_by uuid,
    acknowledged_at timestamp without time zone,
    created_at timestamp without time zone DEFAULT now(),
    resolved_at timestamp without time zone,
    CONSTRAINT alerts_pkey PRIMARY KEY (id)
);
CREATE TABLE public.api_aliases (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    alias_name character varying(255) NOT NULL,
    canonical_name character varying(255) NOT NULL,
    context character varying(100) NOT NULL,
    alias_type character varying(50) NOT NULL,
    description text,
    created_by uuid,
    created_at timestamp without time zone DEFAULT now(),
    expires_at timestamp without time zone,
    is_active boolean DEFAULT true,
    CONSTRAINT api_aliases_pkey PRIMARY KEY (id)
);
CREATE TABLE public.api_endpoints (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(255) NOT NULL,
    path character varying(500) NOT NULL,
    method character varying(10) NOT NULL,
    description text,
    version character varying(20) DEFAULT 'v1'::character varying,
    is_active boolean DEFAULT true,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    CONSTRAINT api_endpoints_pkey PRIMARY KEY (id),
    CONSTRAINT api_endpoints_name_key UNIQUE (name)
);
CREATE TABLE public.audit_logs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    table_name character varying(255) NOT NULL,
    record_id uuid NOT NULL,
    action character varying(50) NOT NULL,
    old_values jsonb,
    new_values jsonb,
    changed_by uuid,
    changed_at timestamp without time zone DEFAULT now(),
    ip_address inet,
    user_agent text,
    CONSTRAINT audit_logs_pkey PRIMARY KEY (id)
);
CREATE TABLE public.roles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name character varying(100) NOT NULL,
    description text,
    permissions jsonb DEFAULT '[]'::jsonb,
    created_at timestamp without time zone DEFAULT now(),
    CONSTRAINT roles_pkey PRIMARY KEY (id),
    CONSTRAINT roles_name_key UNIQUE (name)
);
CREATE TABLE public.ssot_anchors (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    anchor_id character varying(255) NOT NULL,
    family character varying(100) NOT NULL,
    description text,
    format character varying(50) NOT NULL,
    source_hint character varying(500),
    owner character varying(255),
    version character varying(50) NOT NULL,
    centrality_score numeric(3,2) DEFAULT 0.0,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    CONSTRAINT ssot_anchors_pkey PRIMARY KEY (id),
    CONSTRAINT ssot_anchors_anchor_id_key UNIQUE (anchor_id)
);
CREATE TABLE public.system_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    metric_name character varying(255) NOT NULL,
    metric_value numeric(15,4) NOT NULL,
    metric_unit character varying(50),
    tags jsonb DEFAULT '{}'::jsonb,
    "timestamp" timestamp without time zone DEFAULT now(),
    CONSTRAINT system_metrics_pkey PRIMARY KEY (id)
);
CREATE TABLE public.transactions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id uuid,
    amount numeric(15,2) NOT NULL,
    transaction_type character varying(50) NOT NULL,
    category character varying(100),
    description text,
    transaction_date timestamp without time zone DEFAULT now(),
    status character varying(50) DEFAULT 'pending'::character varying,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    CONSTRAINT transactions_pkey PRIMARY KEY (id)
);
CREATE TABLE public.user_roles (
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    assigned_at timestamp without time zone DEFAULT now(),
    assigned_by uuid,
    CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role_id)
);
CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email character varying(255) NOT NULL,
    username character varying(100) NOT NULL,
    password_hash character varying(255) NOT NULL,
    first_name character varying(100),
    last_name character varying(100),
    is_active boolean DEFAULT true,
    is_verified boolean DEFAULT false,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    last_login timestamp without time zone,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_username_key UNIQUE (username)
);
ALTER TABLE public.accounts ADD CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id);
ALTER TABLE public.ai_insights ADD CONSTRAINT ai_insights_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.ai_models (id);
ALTER TABLE public.alerts ADD CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES public.users (id);
ALTER TABLE public.api_aliases ADD CONSTRAINT api_aliases_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users (id);
ALTER TABLE public.audit_logs ADD CONSTRAINT audit_logs_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.users (id);
ALTER TABLE public.transactions ADD CONSTRAINT transactions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts (id);
ALTER TABLE public.user_roles ADD CONSTRAINT user_roles_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES public.users (id);
ALTER TABLE public.user_roles ADD CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles (id);
ALTER TABLE public.user_roles ADD CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users (id);
CREATE INDEX idx_accounts_user_id ON public.accounts (user_id);
CREATE INDEX idx_ai_insights_model_id ON public.ai_insights (model_id);
CREATE INDEX idx_alerts_severity ON public.alerts (severity);
CREATE INDEX idx_alerts_status ON public.alerts (status);
CREATE INDEX idx_api_aliases_alias ON public.api_aliases (alias_name);
CREATE INDEX idx_api_aliases_context ON public.api_aliases (context);
CREATE INDEX idx_api_endpoints_name ON public.api_endpoints (name);
CREATE INDEX idx_audit_logs_changed_at ON public.audit_logs (changed_at);
CREATE INDEX idx_audit_logs_table_record ON public.audit_logs (table_name, record_id);
CREATE INDEX idx_ssot_anchors_family ON public.ssot_anchors (family);
CREATE INDEX idx_system_metrics_name ON public.system_metrics (metric_name);
CREATE INDEX idx_system_metrics_timestamp ON public.system_metrics ("timestamp");
CREATE INDEX idx_transactions_account_id ON public.transactions (account_id);
CREATE INDEX idx_transactions_date ON public.transactions (transaction_date);
CREATE INDEX idx_users_email ON public.users (email);
CREATE INDEX idx_users_username ON public.users (username);
CREATE FUNCTION public.touch_updated_at() RETURNS trigger 
 LANGUAGE plpgsql 
 SET search_path TO '' 
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER update_accounts_updated_at BEFORE UPDATE ON public.accounts FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER update_ai_models_updated_at BEFORE UPDATE ON public.ai_models FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER update_api_endpoints_updated_at BEFORE UPDATE ON public.api_endpoints FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER update_ssot_anchors_updated_at BEFORE UPDATE ON public.ssot_anchors FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER update_transactions_updated_at BEFORE UPDATE ON public.transactions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER update_users_updated_at BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
COMMENT ON TABLE public.accounts IS 'User financial accounts.';
COMMENT ON TABLE public.ai_insights IS 'AI-generated insights.';
COMMENT ON TABLE public.ai_models IS 'AI model registry.';
COMMENT ON TABLE public.alerts IS 'System alerts and notifications.';
COMMENT ON TABLE public.api_aliases IS 'API endpoint aliasing system for SSOT.';
COMMENT ON TABLE public.api_endpoints IS 'Centralized API endpoint registry.';
COMMENT ON TABLE public.audit_logs IS 'Comprehensive audit trail.';
COMMENT ON TABLE public.roles IS 'User roles and permissions management.';
COMMENT ON TABLE public.ssot_anchors IS 'Single Source of Truth anchor points.';
COMMENT ON TABLE public.system_metrics IS 'System performance metrics.';
COMMENT ON TABLE public.transactions IS 'Financial transactions.';
COMMENT ON TABLE public.user_roles IS 'Many-to-many relationship between users and roles.';
COMMENT ON TABLE public.users IS 'Primary user authentication and profile table.';
COMMENT ON COLUMN public.accounts.account_name IS 'Account display name';
COMMENT ON COLUMN public.accounts.account_number IS 'Account number';
COMMENT ON COLUMN public.accounts.account_type IS 'Account type';
COMMENT ON COLUMN public.accounts.balance IS 'Current balance';
COMMENT ON COLUMN public.accounts.bank_name IS 'Bank name';
COMMENT ON COLUMN public.accounts.created_at IS 'Creation time';
COMMENT ON COLUMN public.accounts.currency IS 'Currency code';
COMMENT ON COLUMN public.accounts.id IS 'Unique account identifier';
COMMENT ON COLUMN public.accounts.is_active IS 'Account status';
COMMENT ON COLUMN public.accounts.updated_at IS 'Last update time';
COMMENT ON COLUMN public.accounts.user_id IS 'Reference to users.id';
COMMENT ON COLUMN public.ai_insights.confidence IS 'Confidence score';
COMMENT ON COLUMN public.ai_insights.created_at IS 'Creation time';
COMMENT ON COLUMN public.ai_insights.data IS 'Insight data';
COMMENT ON COLUMN public.ai_insights.description IS 'Insight description';
COMMENT ON COLUMN public.ai_insights.id IS 'Unique insight identifier';
COMMENT ON COLUMN public.ai_insights.insight_type IS 'Type of insight';
COMMENT ON COLUMN public.ai_insights.model_id IS 'Reference to ai_models.id';
COMMENT ON COLUMN public.ai_insights.title IS 'Insight title';
COMMENT ON COLUMN public.ai_models.capabilities IS 'Model capabilities';
COMMENT ON COLUMN public.ai_models.created_at IS 'Creation time';
COMMENT ON COLUMN public.ai_models.id IS 'Unique model identifier';
COMMENT ON COLUMN public.ai_models.name IS 'Model name';
COMMENT ON COLUMN public.ai_models.performance IS 'Performance metrics';
COMMENT ON COLUMN public.ai_models.provider IS 'Model provider';
COMMENT ON COLUMN public.ai_models.status IS 'Model status';
COMMENT ON COLUMN public.ai_models.updated_at IS 'Last update time';
COMMENT ON COLUMN public.ai_models.version IS 'Model version';
COMMENT ON COLUMN public.alerts.acknowledged_at IS 'Acknowledgment time';
COMMENT ON COLUMN public.alerts.acknowledged_by IS 'User who acknowledged';
COMMENT ON COLUMN public.alerts.alert_name IS 'Alert name';
COMMENT ON COLUMN public.alerts.created_at IS 'Creation time';
COMMENT ON COLUMN public.alerts.id IS 'Unique alert identifier';
COMMENT ON COLUMN public.alerts.message IS 'Alert message';
COMMENT ON COLUMN public.alerts.resolved_at IS 'Resolution time';
COMMENT ON COLUMN public.alerts.severity IS 'Alert severity';
COMMENT ON COLUMN public.alerts.status IS 'Alert status';
COMMENT ON COLUMN public.api_aliases.alias_name IS 'Alias name';
COMMENT ON COLUMN public.api_aliases.alias_type IS 'Type of alias';
COMMENT ON COLUMN public.api_aliases.canonical_name IS 'Canonical endpoint name';
COMMENT ON COLUMN public.api_aliases.context IS 'Alias context';
COMMENT ON COLUMN public.api_aliases.created_at IS 'Creation time';
COMMENT ON COLUMN public.api_aliases.created_by IS 'User who created alias';
COMMENT ON COLUMN public.api_aliases.description IS 'Alias description';
COMMENT ON COLUMN public.api_aliases.expires_at IS 'Expiration time';
COMMENT ON COLUMN public.api_aliases.id IS 'Unique alias identifier';
COMMENT ON COLUMN public.api_aliases.is_active IS 'Alias status';
COMMENT ON COLUMN public.api_endpoints.created_at IS 'Creation time';
COMMENT ON COLUMN public.api_endpoints.description IS 'Endpoint description';
COMMENT ON COLUMN public.api_endpoints.id IS 'Unique endpoint identifier';
COMMENT ON COLUMN public.api_endpoints.is_active IS 'Endpoint status';
COMMENT ON COLUMN public.api_endpoints.method IS 'HTTP method';
COMMENT ON COLUMN public.api_endpoints.name IS 'Endpoint name';
COMMENT ON COLUMN public.api_endpoints.path IS 'API path';
COMMENT ON COLUMN public.api_endpoints.updated_at IS 'Last update time';
COMMENT ON COLUMN public.api_endpoints.version IS 'API version';
COMMENT ON COLUMN public.audit_logs.action IS 'Action performed';
COMMENT ON COLUMN public.audit_logs.changed_at IS 'Change time';
COMMENT ON COLUMN public.audit_logs.changed_by IS 'User who made change';
COMMENT ON COLUMN public.audit_logs.id IS 'Unique log identifier';
COMMENT ON COLUMN public.audit_logs.ip_address IS 'IP address';
COMMENT ON COLUMN public.audit_logs.new_values IS 'New values';
COMMENT ON COLUMN public.audit_logs.old_values IS 'Previous values';
COMMENT ON COLUMN public.audit_logs.record_id IS 'Record identifier';
COMMENT ON COLUMN public.audit_logs.table_name IS 'Table name';
COMMENT ON COLUMN public.audit_logs.user_agent IS 'User agent string';
COMMENT ON COLUMN public.roles.created_at IS 'Role creation time';
COMMENT ON COLUMN public.roles.description IS 'Role description';
COMMENT ON COLUMN public.roles.id IS 'Unique role identifier';
COMMENT ON COLUMN public.roles.name IS 'Role name';
COMMENT ON COLUMN public.roles.permissions IS 'Permissions array';
COMMENT ON COLUMN public.ssot_anchors.anchor_id IS 'Anchor identifier';
COMMENT ON COLUMN public.ssot_anchors.centrality_score IS 'Centrality score';
COMMENT ON COLUMN public.ssot_anchors.created_at IS 'Creation time';
COMMENT ON COLUMN public.ssot_anchors.description IS 'Anchor description';
COMMENT ON COLUMN public.ssot_anchors.family IS 'Configuration family';
COMMENT ON COLUMN public.ssot_anchors.format IS 'Configuration format';
COMMENT ON COLUMN public.ssot_anchors.id IS 'Unique anchor identifier';
COMMENT ON COLUMN public.ssot_anchors.owner IS 'Configuration owner';
COMMENT ON COLUMN public.ssot_anchors.source_hint IS 'Source file hint';
COMMENT ON COLUMN public.ssot_anchors.updated_at IS 'Last update time';
COMMENT ON COLUMN public.ssot_anchors.version IS 'Configuration version';
COMMENT ON COLUMN public.system_metrics.id IS 'Unique metric identifier';
COMMENT ON COLUMN public.system_metrics.metric_name IS 'Metric name';
COMMENT ON COLUMN public.system_metrics.metric_unit IS 'Metric unit';
COMMENT ON COLUMN public.system_metrics.metric_value IS 'Metric value';
COMMENT ON COLUMN public.system_metrics.tags IS 'Metric tags';
COMMENT ON COLUMN public.system_metrics."timestamp" IS 'Metric timestamp';
COMMENT ON COLUMN public.transactions.account_id IS 'Reference to accounts.id';
COMMENT ON COLUMN public.transactions.amount IS 'Transaction amount';
COMMENT ON COLUMN public.transactions.category IS 'Transaction category';
COMMENT ON COLUMN public.transactions.created_at IS 'Creation time';
COMMENT ON COLUMN public.transactions.description IS 'Transaction description';
COMMENT ON COLUMN public.transactions.id IS 'Unique transaction identifier';
COMMENT ON COLUMN public.transactions.status IS 'Transaction status';
COMMENT ON COLUMN public.transactions.transaction_date IS 'Transaction date';
COMMENT ON COLUMN public.transactions.transaction_type IS 'Transaction type';
COMMENT ON COLUMN public.transactions.updated_at IS 'Last update time';
COMMENT ON COLUMN public.user_roles.assigned_at IS 'Assignment time';
COMMENT ON COLUMN public.user_roles.assigned_by IS 'User who assigned the role';
COMMENT ON COLUMN public.user_roles.role_id IS 'Reference to roles.id';
COMMENT ON COLUMN public.user_roles.user_id IS 'Reference to users.id';
COMMENT ON COLUMN public.users.created_at IS 'Account creation time';
COMMENT ON COLUMN public.users.email IS 'User email address';
COMMENT ON COLUMN public.users.first_name IS 'User''s first name';
COMMENT ON COLUMN public.users.id IS 'Unique user identifier';
COMMENT ON COLUMN public.users.is_active IS 'Account status';
COMMENT ON COLUMN public.users.is_verified IS 'Email verification status';
COMMENT ON COLUMN public.users.last_login IS 'Last login time';
COMMENT ON COLUMN public.users.last_name IS 'User''s last name';
COMMENT ON COLUMN public.users.password_hash IS 'Hashed password';
COMMENT ON COLUMN public.users.updated_at IS 'Last update time';
COMMENT ON COLUMN public.users.username IS 'Unique username';
COMMENT ON INDEX public.idx_accounts_user_id IS 'User account lookups';
COMMENT ON INDEX public.idx_ai_insights_model_id IS 'Model insight lookups';
COMMENT ON INDEX public.idx_alerts_severity IS 'Alert severity filtering';
COMMENT ON INDEX public.idx_alerts_status IS 'Alert status filtering';
COMMENT ON INDEX public.idx_api_aliases_alias IS 'Fast alias lookups';
COMMENT ON INDEX public.idx_api_aliases_context IS 'Context-based alias lookups';
COMMENT ON INDEX public.idx_api_endpoints_name IS 'Fast endpoint name lookups';
COMMENT ON INDEX public.idx_audit_logs_changed_at IS 'Time-based audit queries';
COMMENT ON INDEX public.idx_audit_logs_table_record IS 'Audit log lookups';
COMMENT ON INDEX public.idx_ssot_anchors_family IS 'Family-based anchor lookups';
COMMENT ON INDEX public.idx_system_metrics_name IS 'Metric name lookups';
COMMENT ON INDEX public.idx_system_metrics_timestamp IS 'Time-based metric queries';
COMMENT ON INDEX public.idx_transactions_account_id IS 'Account transaction lookups';
COMMENT ON INDEX public.idx_transactions_date IS 'Date-based transaction queries';
COMMENT ON INDEX public.idx_users_email IS 'Fast email lookups';
COMMENT ON INDEX public.idx_users_username IS 'Fast username lookups';
INSERT INTO public.api_endpoints AS seeded (id, name, description, method, path, version) VALUES
    ('25b15bb8-6e64-5b46-aa0f-2ee18c43c49d', 'accounts.create', 'Add an account', 'POST', '/api/v1/accounts', 'v1'),
    ('d878dad7-6be7-543d-b5cb-a4534aa579cb', 'accounts.delete', 'Remove an account', 'DELETE', '/api/v1/accounts/{id}', 'v1'),
    ('70e86f48-a5b9-587f-8ad6-409479f6c4cb', 'accounts.get', 'One account', 'GET', '/api/v1/accounts/{id}', 'v1'),
    ('ef641d09-3444-51ac-b610-ed41895cb57b', 'accounts.list', 'Accounts of the current user', 'GET', '/api/v1/accounts', 'v1'),
    ('74b4c6f1-7457-5ed1-8d33-521cf91169df', 'accounts.update', 'Change an account', 'PUT', '/api/v1/accounts/{id}', 'v1'),
    ('46fdbd56-8880-521b-93ae-14ccd33165a6', 'ai.chat.history', 'Earlier messages of the AI chat', 'GET', '/api/v1/ai/chat/history', 'v1'),
    ('9856c473-6c01-55f3-a98f-a651e3983740', 'ai.chat.send', 'Send a message to the AI chat', 'POST', '/api/v1/ai/chat', 'v1'),
    ('ebbb4be0-24dc-50df-a4fd-88e97605d0ac', 'ai.models.list', 'AI models to chat with', 'GET', '/api/v1/ai/models', 'v1'),
    ('0511ede1-7c43-57a1-aec9-27d8e1711994', 'analytics.dashboard', 'Figures of the dashboard', 'GET', '/api/v1/analytics/dashboard', 'v1'),
    ('11d0a391-2ed0-581c-b101-4a95a0b9722f', 'analytics.spending', 'Spending by category', 'GET', '/api/v1/analytics/spending', 'v1'),
    ('fdbfb13e-7a83-5d96-9372-39938ce2e973', 'analytics.trends', 'Trends over time', 'GET', '/api/v1/analytics/trends', 'v1'),
    ('71a95230-2a5e-5196-bc2e-1c30f8be4dea', 'health.check', 'Health check of the service', 'GET', '/api/v1/health', 'v1'),
    ('fb8ba382-9740-5b39-aa77-e173261cb3ea', 'health.live', 'Whether the service is running', 'GET', '/api/v1/health/live', 'v1'),
    ('9d8887b6-0ef3-5a50-99f8-be9ce4cb71cd', 'health.ready', 'Whether the service can take requests', 'GET', '/api/v1/health/ready', 'v1'),
    ('1b869676-5ada-5d60-9ceb-41b54edc2849', 'transactions.create', 'Record a transaction', 'POST', '/api/v1/transactions', 'v1'),
    ('6f5a3f24-6212-5734-8948-262ccb732eb0', 'transactions.delete', 'Remove a transaction', 'DELETE', '/api/v1/transactions/{id}', 'v1'),
    ('dfa77c95-47e1-5d63-8bfd-6657e95365f9', 'transactions.get', 'One transaction', 'GET', '/api/v1/transactions/{id}', 'v1'),
    ('a1fd69c5-e629-5f25-8d90-d6eac01b89c0', 'transactions.list', 'Transactions of the current user', 'GET', '/api/v1/transactions', 'v1'),
    ('edd8da73-e193-5de7-8332-539e649cb5cb', 'transactions.update', 'Change a transaction', 'PUT', '/api/v1/transactions/{id}', 'v1'),
    ('29119178-3242-5f94-984a-45f5d95f982d', 'users.profile.delete', 'Delete the current user', 'DELETE', '/api/v1/users/profile', 'v1'),
    ('f78c5ec8-f796-513c-9232-be88dfdbf246', 'users.profile.get', 'Profile of the current user', 'GET', '/api/v1/users/profile', 'v1'),
    ('fd0f9780-2462-51a6-9d00-43bb867fd77a', 'users.profile.update', 'Change the profile of the current user', 'PUT', '/api/v1/users/profile', 'v1') 
ON CONFLICT (name) DO UPDATE SET description = excluded.description, method = excluded.method, path = excluded.path, version = excluded.version 
WHERE (seeded.description, seeded.method, seeded.path, seeded.version) IS DISTINCT FROM (excluded.description, excluded.method, excluded.path, excluded.version);
INSERT INTO public.roles AS seeded (id, name, description, permissions) VALUES
    ('e492b49b-95c1-50ed-856a-e5994ba32acd', 'admin', 'Administrator with full access', '["*"]'),
    ('68ffd119-3ba8-525e-9806-1fad78b952ef', 'manager', 'Manager with team access', '["profile:read", "profile:write", "accounts:read", "transactions:read", "analytics:read", "team:read", "team:write"]'),
    ('c886783a-cb8a-5526-b10b-88c5f1bfa0fa', 'user', 'Standard user with basic access', '["profile:read", "profile:write", "accounts:read", "accounts:write", "transactions:read", "transactions:write", "ai:chat"]'),
    ('0e46becb-7b50-56f5-b788-6ddc33aafa18', 'viewer', 'Read-only access', '["profile:read", "accounts:read", "transactions:read", "analytics:read"]') 
ON CONFLICT (name) DO UPDATE SET description = excluded.description, permissions = excluded.permissions 
WHERE (seeded.description, seeded.permissions) IS DISTINCT FROM (excluded.description, excluded.permissions);
INSERT INTO public.ssot_anchors AS seeded (id, anchor_id, centrality_score, description, family, format, owner, source_hint, version) VALUES
    ('a67fb673-f189-5798-9694-4d6c3e9c8aff', 'api.config', '0.90', 'API configuration', 'api', 'yaml', 'backend', 'config/api.yml', '1.0.0'),
    ('8c393c46-a594-5301-9c9f-1a457233193f', 'docker.config', '0.90', 'Docker configuration', 'docker', 'yaml', 'devops', 'docker-compose.yml', '1.0.0'),
    ('f8dbed88-2960-57ac-87a1-426048aa506a', 'env.config', '0.95', 'Environment configuration', 'environment', 'dotenv', 'platform', '.env', '1.0.0'),
    ('98f0a273-3c88-5e7a-8f4f-6052ab16b8d7', 'k8s.config', '0.85', 'Kubernetes configuration', 'kubernetes', 'yaml', 'devops', 'k8s/', '1.0.0'),
    ('dbb19ce6-b93e-5ab5-b47a-b92b918d8bbf', 'monitoring.config', '0.80', 'Monitoring configuration', 'monitoring', 'yaml', 'devops', 'monitoring/prometheus.yml', '1.0.0') 
ON CONFLICT (anchor_id) DO UPDATE SET centrality_score = excluded.centrality_score, description = excluded.description, family = excluded.family, format = excluded.format, owner = excluded.owner, source_hint = excluded.source_hint, version = excluded.version 
WHERE (seeded.centrality_score, seeded.description, seeded.family, seeded.format, seeded.owner, seeded.source_hint, seeded.version) IS DISTINCT FROM (excluded.centrality_score, excluded.description, excluded.family, excluded.format, excluded.owner, excluded.source_hint, excluded.version);
