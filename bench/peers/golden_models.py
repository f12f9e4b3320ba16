"""Settings of the golden models, for Splink 5: together they have every comparison and every level of its library, every column transform, every
link type, exploding rules, and term frequencies with all their keys. One function a model; `models()` lists them, for DuckDB or for Spark, where the two
write a name or a format otherwise."""
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink.blocking_rule_library import CustomRule
from splink import ColumnExpression as C, SettingsCreator, block_on

UK_DAYS = {"duckdb": "%d/%m/%Y", "spark": "dd/MM/yyyy"}
LOOSE = [block_on("surname"), block_on("dob"), "l.first_name = r.first_name and l.city = r.city"]


def settings(*comparisons, rules=None, link_type="dedupe_only", **more):
    return SettingsCreator(link_type=link_type, comparisons=list(comparisons), blocking_rules_to_generate_predictions=rules or LOOSE,
                           probability_two_random_records_match=0.001, retain_matching_columns=False, **more)


def custom(name, *levels):
    return cl.CustomComparison(output_column_name=name, comparison_levels=[*levels, cll.ElseLevel()])


def templates():
    return settings(cl.NameComparison("first_name", dmeta_col_name="dmeta_first"), cl.NameComparison("surname", dmeta_col_name="dmeta_last", jaro_winkler_thresholds=[0.95, 0.88, 0.6]),
                    cl.DateOfBirthComparison("dob", input_is_string=True), cl.EmailComparison("email"), cl.PostcodeComparison("postcode"),
                    cl.ExactMatch("city").configure(term_frequency_adjustments=True))


def places():
    return settings(cl.PostcodeComparison("postcode", invalid_postcodes_as_null=True, lat_col="lat", long_col="long", km_thresholds=[1, 10, 100]),
                    cl.DistanceInKMAtThresholds("lat", "long", [0.5, 5, 50]),
                    custom("near", cll.DistanceInKMLevel("lat", "long", 3, not_null=True)),
                    cl.ForenameSurnameComparison("first_name", "surname"))


def whole_names(dialect):
    return settings(cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="full_name", jaro_winkler_thresholds=[0.95, 0.9, 0.8]),
                    cl.DateOfBirthComparison("dob_uk", input_is_string=True, datetime_format=UK_DAYS[dialect], datetime_thresholds=[2, 5], datetime_metrics=["day", "year"]),
                    cl.DateOfBirthComparison("dob", input_is_string=True, invalid_dates_as_null=False))


def strings(dialect):
    return settings(cl.LevenshteinAtThresholds("first_name", [1, 2, 3]), cl.DamerauLevenshteinAtThresholds("surname", [1, 2]),
                    cl.JaroWinklerAtThresholds("email", [0.95, 0.85]), cl.JaroAtThresholds("full_name", [0.9, 0.75]), cl.JaccardAtThresholds("postcode", [0.9, 0.6]),
                    cl.DistanceFunctionAtThresholds("city", "levenshtein", [1, 3], higher_is_more_similar=False),
                    custom("city_alike", cll.NullLevel("city"), cll.DistanceFunctionLevel("city", "jaro_winkler_similarity" if dialect == "duckdb" else "jaro_winkler", 0.8)))


def arrays():
    pairwise = [custom(f"phones_{f}", *cl.PairwiseStringDistanceFunctionAtThresholds("phones", f, t).create_comparison_levels()[:-1])
                for f, t in (("levenshtein", [1, 3]), ("damerau_levenshtein", [1]), ("jaro_winkler", [0.95, 0.85]), ("jaro", [0.9]))]
    return settings(cl.ArrayIntersectAtSizes("tags", [3, 2, 1]), cl.ArrayIntersectAtSizes("phones", [1]).configure(term_frequency_adjustments=True), *pairwise,
                    custom("tags_within", cll.NullLevel("tags"), cll.ArraySubsetLevel("tags")),
                    custom("tags_within_or_empty", cll.NullLevel("tags"), cll.ArraySubsetLevel("tags", empty_is_subset=True)),
                    cl.CosineSimilarityAtThresholds("embedding", [0.95, 0.8]))


def amounts(dialect):
    return settings(cl.AbsoluteTimeDifferenceAtThresholds("seen", input_is_string=True, metrics=["minute", "hour", "day", "month"], thresholds=[1, 1, 7, 2]),
                    cl.AbsoluteDateDifferenceAtThresholds("dob", input_is_string=True, metrics=["day", "month", "year"], thresholds=[10, 3, 2]),
                    cl.AbsoluteDateDifferenceAtThresholds("dob_uk", input_is_string=True, metrics=["year"], thresholds=[1], datetime_format=UK_DAYS[dialect], term_frequency_adjustments=True),
                    custom("amount", cll.NullLevel("amount"), cll.ExactMatchLevel("amount"), cll.PercentageDifferenceLevel("amount", 0.03), cll.PercentageDifferenceLevel("amount", 0.25),
                           cll.AbsoluteDifferenceLevel("amount", 100.5)),
                    custom("count", cll.NullLevel("count"), cll.AbsoluteDifferenceLevel("count", 0), cll.AbsoluteDifferenceLevel("count", 2)))


def logic():
    first, last = cll.ExactMatchLevel("first_name"), cll.ExactMatchLevel("surname")
    return settings(custom("names", cll.And(cll.NullLevel("first_name"), cll.NullLevel("surname")), cll.And(first, last),
                           cll.ColumnsReversedLevel("first_name", "surname", symmetrical=True), cll.ColumnsReversedLevel("first_name", "surname"),
                           cll.And(cll.JaroWinklerLevel("first_name", 0.9), cll.Not(cll.ExactMatchLevel("surname"))), cll.Or(first, last, cll.LevenshteinLevel("full_name", 2))),
                    custom("postcode", cll.NullLevel("postcode", valid_string_pattern="^[A-Z]{1,2}[0-9]{1,2} [0-9][A-Z]{2}$"), cll.LiteralMatchLevel("postcode", "SW1 1AF", "string"),
                           cll.ExactMatchLevel("postcode")),
                    custom("city", cll.NullLevel("city"), cll.LiteralMatchLevel("city", "london", "string", "left"), cll.LiteralMatchLevel("city", "york", "string", "right"), cll.ExactMatchLevel("city")),
                    custom("count", cll.LiteralMatchLevel("count", "3", "int"), cll.LiteralMatchLevel("amount", "250.5", "float", "left"),
                           cll.CustomLevel("count_l >= 5 and count_r between 5 and 8", "both several")),
                    custom("dob", cll.NullLevel(C("dob").try_parse_date()), cll.LiteralMatchLevel(C("dob").try_parse_date(), "1990-01-01", "date"), cll.ExactMatchLevel("dob")))


def transforms():
    return settings(custom("first_name", cll.NullLevel("first_name"), cll.ExactMatchLevel(C("first_name").lower()), cll.ExactMatchLevel(C("first_name").lower().substr(1, 3)),
                           cll.JaroWinklerLevel(C("first_name").lower(), 0.85)),
                    custom("surname", cll.NullLevel(C("surname").nullif("smith")), cll.ExactMatchLevel(C("surname").nullif("smith")), cll.LevenshteinLevel(C("surname").substr(1, 5), 1)),
                    custom("dob", cll.NullLevel(C("dob").try_parse_date()), cll.ExactMatchLevel(C("dob").try_parse_date()), cll.ExactMatchLevel(C("dob").regex_extract("^([0-9]{4})-", 1)),
                           cll.ExactMatchLevel(C("dob").regex_extract("[0-9]{2}-[0-9]{2}$"))),
                    custom("seen", cll.NullLevel(C("seen").try_parse_timestamp()), cll.ExactMatchLevel(C("seen").try_parse_timestamp())),
                    custom("count", cll.ExactMatchLevel(C("count").cast_to_string()), cll.LevenshteinLevel(C("count").cast_to_string(), 1)),
                    custom("phones", cll.NullLevel("phones"), cll.ExactMatchLevel(C("phones").access_extreme_array_element("first")),
                           cll.ExactMatchLevel(C("phones").access_extreme_array_element("last"))),
                    custom("initials", cll.ExactMatchLevel(C("substr(first_name, 1, 1) || substr(surname, 1, 1)"))))


def frequencies():
    return settings(custom("surname", cll.NullLevel("surname"), cll.ExactMatchLevel("surname").configure(tf_adjustment_column="surname", tf_adjustment_weight=0.7, tf_minimum_u_value=0.01),
                           cll.JaroWinklerLevel("surname", 0.9).configure(tf_adjustment_column="surname", tf_adjustment_weight=0.5),
                           cll.JaroWinklerLevel("surname", 0.8).configure(tf_adjustment_column="surname", tf_adjustment_weight=1.0, disable_tf_exact_match_detection=True)),
                    custom("first_name", cll.NullLevel("first_name"), cll.And(cll.ExactMatchLevel("first_name"), cll.ExactMatchLevel("surname")).configure(tf_adjustment_column="full_name", disable_tf_exact_match_detection=True),
                           cll.ExactMatchLevel("first_name").configure(tf_adjustment_column="first_name"), cll.LevenshteinLevel("first_name", 1).configure(tf_adjustment_column="first_name", tf_minimum_u_value=0.005)),
                    cl.ExactMatch("postcode").configure(term_frequency_adjustments=True), cl.LevenshteinAtThresholds("dob", 1).configure(term_frequency_adjustments=True),
                    cl.ArrayIntersectAtSizes("dmeta_last", [1]))


def exploding():
    return settings(cl.ExactMatch("first_name"), cl.LevenshteinAtThresholds("surname", 2), cl.ArrayIntersectAtSizes("phones", [2, 1]), cl.ExactMatch("dob"),
                    rules=[block_on("dob"), block_on("phones", arrays_to_explode=["phones"]), block_on("tags", "surname", arrays_to_explode=["tags"]),
                           block_on("first_name", "surname"),
                           CustomRule("l.dmeta_last = r.dmeta_last and l.dmeta_first = r.dmeta_first and levenshtein(l.surname, r.surname) <= 2",
                                      arrays_to_explode=["dmeta_last", "dmeta_first"])])


def linking(link_type):
    return settings(cl.NameComparison("first_name"), cl.JaroWinklerAtThresholds("surname", [0.9]).configure(term_frequency_adjustments=True), cl.DamerauLevenshteinAtThresholds("dob", 1),
                    cl.PostcodeComparison("postcode"), link_type=link_type,
                    rules=[block_on("surname"), "l.first_name = r.surname and l.surname = r.first_name", block_on("dob"), block_on("phones", arrays_to_explode=["phones"])])


def hand_written(dialect):
    def level(condition, label, in_spark=None):
        return cll.CustomLevel(in_spark if in_spark and dialect == "spark" else condition, label)
    return settings(custom("surname", cll.NullLevel("surname"), level("lower(trim(surname_l)) = lower(trim(surname_r))", "folded"),
                           level("surname_l like substr(surname_r, 1, 2) || '%' or surname_r ilike 'MC_%'", "begins alike"),
                           level("left(surname_l, 1) = left(surname_r, 1) and length(surname_l) <> len(surname_r)", "initial")),
                    custom("city", level("coalesce(city_l, '') in ('london', 'leeds') and city_r is not null", "two towns"), level("city_l is distinct from city_r", "others")),
                    custom("amount", level("amount_l::double / nullif(amount_r, 0) between 0.9 and 1.1", "ten per cent",
                                 in_spark="cast(amount_l as double) / amount_r between 0.9 and 1.1"), level("greatest(count_l, count_r) - least(count_l, count_r) <= 1", "near")),
                    custom("dob", level("date_diff('month', try_cast(dob_l as date), try_cast(dob_r as date)) = 0", "one month",
                                 in_spark="year(date(dob_l)) <=> year(date(dob_r)) and month(cast(dob_l as date)) = month(date(dob_r))"), level("year(try_cast(dob_l as date)) = year(try_cast(dob_r as date))", "one year",
                                 in_spark="year(to_date(dob_l)) = year(cast(dob_r as date))"),
                           level("abs(datediff('year', try_cast(dob_l as date), try_cast(dob_r as date))) <= 2", "two years",
                                 in_spark="abs(year(date(dob_l)) - year(date(dob_r))) <= 2")),
                    custom("tags", level("list_contains(tags_l, 'red') and list_contains(tags_r, 'red')", "red",
                                 in_spark="array_contains(tags_l, 'red') and array_contains(tags_r, 'red')"), level("list_has_any(tags_l, tags_r)", "some",
                                 in_spark="arrays_overlap(tags_l, tags_r)"), level("len(list_distinct(list_concat(tags_l, tags_r))) <= 3", "few",
                                 in_spark="size(array_distinct(flatten(array(coalesce(tags_l, array()), coalesce(tags_r, array()))))) <= 3")))


def models(dialect="duckdb"):
    return {"templates": templates(), "places": places(), "whole_names": whole_names(dialect), "strings": strings(dialect), "arrays": arrays(), "amounts": amounts(dialect),
            "logic": logic(), "transforms": transforms(), "frequencies": frequencies(), "exploding": exploding(), "hand_written": hand_written(dialect),
            "link_two": linking("link_only"), "link_three": linking("link_only"), "link_and_dedupe": linking("link_and_dedupe")}
