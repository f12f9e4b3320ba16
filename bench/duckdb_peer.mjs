// The same job on DuckDB, in SQL of the shape that Splink 5 emits (blocked id pairs by rule with the earlier rules excluded, gammas as CASE, term frequencies joined,
// match weight, threshold, connected components by repeated SQL), made from the same model file that Haven reads. usage: node duckdb_peer.mjs MODEL.json PERSONS.csv THREADS WEIGHT [CLUSTERS.csv]
// Prints one JSON object: pairs, edges, seconds by stage. DuckDB without Python: a floor for what Splink itself takes.
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [modelPath, csv, threads, threshold, clusters] = process.argv.slice(2);
const model = JSON.parse(fs.readFileSync(modelPath, 'utf8'));
const db = await (await DuckDBInstance.create(':memory:')).connect();
const seconds = {};
async function step(name, sql) {
  const start = performance.now();
  await db.run(sql);
  seconds[name] = +((performance.now() - start) / 1000 + (seconds[name] || 0)).toFixed(3);
}
const one = async sql => (await db.runAndReadAll(sql)).getRows()[0].map(Number);

await db.run(`set threads=${threads}; set memory_limit='18GB'; set preserve_insertion_order=false`);
await step('read', `create table df as select * from read_csv('${csv}', header=true, all_varchar=true, nullstr='')`);

const tfColumns = [...new Set(model.comparisons.flatMap(c => c.comparison_levels.map(l => l.tf_adjustment_column)).filter(Boolean))];
for (const t of tfColumns)
  await step('term frequencies', `create table tf_${t} as select "${t}", count(*)::double / (select count("${t}") from df) as tf_${t} from df where "${t}" is not null group by 1`);
await step('term frequencies', `create table df_tf as select df.*, ${tfColumns.map(t => `tf_${t}.tf_${t}`)} from df ${tfColumns.map(t => `left join tf_${t} using ("${t}")`).join(' ')}`);

const rules = model.blocking_rules_to_generate_predictions.map(r => r.blocking_rule);
await step('block', `create table pairs as ${rules.map((r, i) => `select ${i} as match_key, l.unique_id as id_l, r.unique_id as id_r from df_tf l inner join df_tf r on (${r})
  where l.unique_id < r.unique_id ${i ? `and not (${rules.slice(0, i).map(x => `coalesce((${x}), false)`).join(' or ')})` : ''}`).join(' union all ')}`);
const [pairs] = await one('select count(*) from pairs');

const columns = (await db.runAndReadAll(`select column_name from information_schema.columns where table_name = 'df_tf'`)).getRows().map(r => r[0]);
const numbered = model.comparisons.map(c => {
  let next = c.comparison_levels.filter(l => !l.is_null_level).length;
  return { name: c.output_column_name, levels: c.comparison_levels.map(l => ({ ...l, gamma: l.is_null_level ? -1 : --next })) };
});
const gamma = c => `case ${c.levels.map(l => /^else$/i.test(l.sql_condition.trim()) ? `else ${l.gamma}` : `when ${l.sql_condition} then ${l.gamma}`).join(' ')} end as gamma_${c.name}`;
const weight = c => {
  const w = l => l.gamma < 0 ? 0 : Math.log2(l.m_probability / l.u_probability);
  const exact = c.levels.find(l => l.tf_adjustment_column && !l.is_null_level);
  const adjusted = l => l.tf_adjustment_column ? ` + coalesce(log2(${exact.u_probability}) - log2(greatest(coalesce(tf_${l.tf_adjustment_column}_l, tf_${l.tf_adjustment_column}_r), coalesce(tf_${l.tf_adjustment_column}_r, tf_${l.tf_adjustment_column}_l))), 0)` : '';
  return `(case gamma_${c.name} ${c.levels.map(l => `when ${l.gamma} then cast(${w(l)} as double)${adjusted(l)}`).join(' ')} end)`;
};
const p = model.probability_two_random_records_match;
await step('compare and score', `create table edges as with both_sides as (
    select l.unique_id unique_id_l, r.unique_id unique_id_r, match_key, ${columns.filter(x => x !== 'unique_id').flatMap(x => [`l."${x}" "${x}_l"`, `r."${x}" "${x}_r"`])}
    from pairs inner join df_tf l on l.unique_id = id_l inner join df_tf r on r.unique_id = id_r),
  vectors as (select unique_id_l, unique_id_r, match_key, ${numbered.map(gamma)}, ${tfColumns.flatMap(t => [`tf_${t}_l`, `tf_${t}_r`])} from both_sides),
  weights as (select *, ${Math.log2(p / (1 - p))} + ${numbered.map(weight).join(' + ')} as match_weight from vectors)
  select unique_id_l, unique_id_r, match_weight, match_key from weights where match_weight >= ${threshold}`);
const [edges] = await one('select count(*) from edges');

// As Splink does: every record takes the least representative among its neighbours', until none changes; what has become stable is put aside.
if (clusters) {
  await step('cluster', `create table near as select unique_id_l as node_rep, unique_id_l as node_id, unique_id_r as neighbour_rep, unique_id_r as neighbour from edges
    union all select unique_id_r, unique_id_r, unique_id_l, unique_id_l from edges`);
  await step('cluster', 'create table rep as select unique_id as node_id, unique_id as representative, 0 as stable from df; create table done as select * from rep limit 0');
  do {
    await step('cluster', `create table rep_next as select repr.node_id, r.representative, r.stable from (
        select old_rep, min(representative) as representative, min(stable) as stable from (
          select node_rep as old_rep, neighbour_rep as representative, 0 as stable from near union all select representative, representative, 1 from rep) group by old_rep) r
      left join rep repr on r.old_rep = repr.representative;
      insert into done select * from rep_next where stable = 1;
      create table near_next as select l.representative as node_rep, n.node_id, r.representative as neighbour_rep, n.neighbour from near n
        left join rep_next l on l.node_id = n.node_id left join rep_next r on r.node_id = n.neighbour where l.representative <> r.representative;
      drop table near; alter table near_next rename to near; drop table rep;
      create table rep as select * from rep_next where stable = 0; drop table rep_next`);
  } while ((await one('select count(*) from near'))[0]);
  await step('write', `insert into done select * from rep; copy (select representative as cluster_id, node_id as unique_id from done) to '${clusters}' (header true)`);
}
console.log(JSON.stringify({ pairs, edges, seconds }));
