#!/usr/bin/env python3
"""Trains models/examples/*.json with Splink 5 (pip install splink==5.0.0), without labels.

usage: train_examples.py FOLDER_WITH_CSV OUT_FOLDER"""
import json
import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

source, out = sys.argv[1], sys.argv[2]


def linker(file, comparisons, rules):
    con = duckdb.connect()
    con.execute(f"create table df as select * from read_csv('{source}/{file}', header=true, all_varchar=true, nullstr='')")
    api = DuckDBAPI(con)
    settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules,
                               retain_intermediate_calculation_columns=False)
    return Linker(api.register(con.table("df")), settings)


def train(l, prior_rules, recall, sessions):
    l.training.estimate_probability_two_random_records_match(prior_rules, recall=recall)
    l.training.estimate_u_using_random_sampling(max_pairs=1e7)
    for s in sessions:
        l.training.estimate_parameters_using_expectation_maximisation(s)
    return l.misc.save_model_to_json(None)


def write(name, model, threshold, **changes):
    model.update(haven_threshold_weight=threshold, linker_uid=name.split(".")[0], **changes)
    with open(f"{out}/{name}", "w", encoding="utf-8") as f:
        json.dump(model, f, indent=1)


def jw(column):
    return cl.JaroWinklerAtThresholds(column, [0.92, 0.8]).configure(term_frequency_adjustments=True)


def edits(column):
    return cl.DamerauLevenshteinAtThresholds(column, [1, 2])


febrl = linker("febrl3.csv", [
    jw("given_name"), jw("surname"), edits("date_of_birth"), edits("soc_sec_id"),
    cl.ExactMatch("street_number").configure(term_frequency_adjustments=True), jw("address_1"), jw("suburb"),
    edits("postcode").configure(term_frequency_adjustments=True)
], [
    block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname"), block_on("surname", "postcode"),
    block_on("given_name", "postcode"), block_on("address_1", "street_number"), block_on("suburb", "given_name"), block_on("suburb", "surname"),
    block_on("substr(surname,1,3)", "substr(date_of_birth,1,4)"), block_on("substr(given_name,1,3)", "substr(date_of_birth,1,4)"),
    block_on("postcode", "street_number")
])
model = train(febrl, [block_on("soc_sec_id")], 0.9, [block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname")])
write("febrl.json", model, 8)
write("febrl_link.json", model, 8, link_type="link_only")

fake = linker("fake_1000.csv", [
    cl.ForenameSurnameComparison("first_name", "surname"), cl.DateOfBirthComparison("dob", input_is_string=True),
    cl.LevenshteinAtThresholds("city", [1, 2]).configure(term_frequency_adjustments=True), cl.EmailComparison("email")
], [
    block_on("surname"), block_on("first_name"), block_on("dob"), block_on("email"), block_on("substr(email,1,5)"),
    block_on("substr(dob,1,7)", "substr(surname,1,1)"), block_on("substr(dob,1,7)", "substr(first_name,1,1)"),
    block_on("substr(first_name,1,2)", "substr(surname,1,2)"), block_on("city", "substr(dob,1,4)")
])
write("fake_1000.json", train(fake, [block_on("first_name", "surname"), block_on("email")], 0.6,
                              [block_on("dob"), block_on("email"), block_on("first_name", "surname")]), 1)
