#!/bin/sh
# The postgres image runs this once, when it creates the database. Each service has a role that may
# only read and write the rows of its own schema. `migrations` owns the schemas, and only it may
# change tables.
set -eu

sql() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

sql <<'SQL'
\getenv password MIGRATION_PASSWORD
create role migrations login password :'password';
revoke all on database :"DBNAME" from public;
revoke all on schema public from public;
grant connect on database :"DBNAME" to migrations;
SQL

for service in auth directory messages notifications hooks; do
  PASSWORD=$(printenv "$(echo "$service" | tr a-z A-Z)_DATABASE_PASSWORD")
  export PASSWORD
  sql --set service="$service" <<'SQL'
\getenv password PASSWORD
create role :"service" login password :'password';
grant connect on database :"DBNAME" to :"service";
create schema :"service" authorization migrations;
grant usage on schema :"service" to :"service";
alter default privileges for role migrations in schema :"service" grant select, insert, update, delete on tables to :"service";
alter default privileges for role migrations in schema :"service" grant usage, select on sequences to :"service";
SQL
done
