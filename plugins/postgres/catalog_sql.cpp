#include "catalog_sql.hpp"

#include "shape.hpp"

namespace sluice::postgres {

/// Tables that the catalog lists: no partitions (their parent stands for them), nothing of extensions; and views that are asked for.
#define SLUICE_LISTED                                                                                     \
  "n.nspname = $1 AND (c.relkind IN ('r', 'p') AND ($2::text[] IS NULL OR c.relname = ANY ($2::text[])) " \
  "OR c.relkind IN ('v', 'm', 'f') AND c.relname = ANY ($3::text[])) "                                    \
  "AND NOT c.relispartition AND c.relpersistence <> 't' "                                                 \
  "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass " \
  "AND e.objid = c.oid AND e.deptype = 'e')"

const char* const kTablesQuery =
    "SELECT c.oid, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'), "
    "(CASE WHEN c.relkind = 'p' THEN coalesce((SELECT sum(greatest(l.reltuples, 0)) FROM "
    "pg_catalog.pg_partition_tree(c.oid) t "
    "JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf), 0) "
    "WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 0 "
    "WHEN c.reltuples > 0 OR c.relpages > 0 THEN greatest(c.reltuples, 0) ELSE -1 END)::bigint, "
    "pg_catalog.pg_table_size(c.oid) "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE " SLUICE_LISTED " ORDER BY c.relname";

std::string columns_query() {
  return std::string(
             "SELECT c.oid, a.attname, a.attnotnull, b.oid, b.modifier, "
             "pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.pg_get_expr(d.adbin, d.adrelid), "
             "a.attgenerated <> '', a.attidentity <> '', "
             "pg_catalog.pg_get_serial_sequence(pg_catalog.format('%I.%I', n.nspname, c.relname), a.attname), "
             "pg_catalog.col_description(c.oid, a.attnum) "
             "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
             "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
             "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum ") +
         kResolvedType +
         " WHERE " SLUICE_LISTED " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";
}

const char* const kConstraintsQuery =
    "SELECT c.oid, k.conname, k.contype, coalesce((SELECT json_agg(a.attname ORDER BY x.at) "
    "FROM unnest(k.conkey) WITH ORDINALITY x (number, at) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.number), '[]'), "
    "rn.nspname, r.relname, coalesce((SELECT json_agg(a.attname ORDER BY x.at) "
    "FROM unnest(k.confkey) WITH ORDINALITY x (number, at) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.number), '[]'), "
    "k.confdeltype, k.confupdtype, CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) END "
    "FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = "
    "r.relnamespace "
    "WHERE " SLUICE_LISTED " AND k.contype IN ('p', 'u', 'f', 'c') AND k.conparentid = 0 ORDER BY c.relname, k.conname";

const char* const kIndexesQuery =
    "SELECT c.oid, x.relname, i.indisunique, "
    "m.amname <> 'btree' OR i.indexprs IS NOT NULL OR i.indnatts <> i.indnkeyatts "
    "OR EXISTS (SELECT FROM unnest(i.indoption::int2[]) o WHERE o NOT IN (0, 3)) "
    "OR EXISTS (SELECT FROM unnest(i.indclass::oid[]) o JOIN pg_catalog.pg_opclass p ON p.oid = o WHERE NOT "
    "p.opcdefault), "
    "substr(pg_catalog.pg_get_indexdef(i.indexrelid), strpos(pg_catalog.pg_get_indexdef(i.indexrelid), "
    "pg_catalog.format('%I.%I USING ', n.nspname, c.relname)) + length(pg_catalog.format('%I.%I ', n.nspname, "
    "c.relname))), "
    "coalesce((SELECT json_agg(json_build_object('name', a.attname, 'descending', (i.indoption[k.at - 1] & 1) = 1) "
    "ORDER BY k.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, at) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number WHERE k.at <= i.indnkeyatts), '[]'), "
    "pg_catalog.pg_get_expr(i.indpred, i.indrelid) "
    "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
    "JOIN pg_catalog.pg_am m ON m.oid = x.relam "
    "WHERE " SLUICE_LISTED
    " AND i.indisvalid AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k "
    "WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) ORDER BY c.relname, x.relname";

const char* const kNotesQuery =
    "SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table ' "
    "ELSE 'sequence ' END || c.relname || ' is not copied' FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND $2::text[] IS NULL "
    "AND (c.relkind IN ('v', 'm', 'f') AND c.relname <> ALL (coalesce($3::text[], '{}')) OR c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
    "WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))) "
    "UNION ALL SELECT 'trigger ' || t.tgname || ' on ' || c.relname || ' is not copied' FROM pg_catalog.pg_trigger "
    "t "
    "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE " SLUICE_LISTED
    " AND NOT t.tgisinternal "
    "UNION ALL SELECT 'exclusion constraint ' || k.conname || ' on ' || c.relname || ' is not copied' "
    "FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE " SLUICE_LISTED
    " AND k.contype = 'x' "
    "UNION ALL SELECT 'row security of ' || c.relname || ' is not copied' FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE " SLUICE_LISTED " AND c.relrowsecurity ORDER BY 1";

#undef SLUICE_LISTED

}  // namespace sluice::postgres
