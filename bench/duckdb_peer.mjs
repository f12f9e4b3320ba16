// The same job on DuckDB, in SQL of the shape that Splink 5 emits (blocked id pairs by rule with the earlier rules excluded, gammas as CASE, term frequencies joined,
// match weight, threshold), made from the same model file that Haven reads. usage: node duckdb_peer.mjs MODEL.json PERSONS.csv THREADS THRESHOLD_WEIGHT
// Prints one JSON object: pairs, edges, seconds by stage. DuckDB without Python: a floor for what Splink itself takes.
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [modelPath, csv, threads, threshold] = process.argv.slice(2);
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
console.log(JSON.stringify({ pairs, edges, seconds }));
