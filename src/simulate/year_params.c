/* year_params.c: the two years of look-ups. The test set was written with the generator and before any rule; thresholds were chosen on the
 * tuning set alone (docs/oversight.md says how the two were kept apart). Every figure is assumed: nobody publishes such rates. */
#include "simulate/year.h"

const struct year_params year_tuning = {
    .name = "tuning",
    .desk_units = 0.30, .records_units = 0.04, .audit_units = 0.03, .press_units = 0.03,
    .unit_size = {8, 16}, .areas = 20,
    .nights = 0.6, .hours_known = 0.92,
    .home_known = 0.98, .former_home_known = 0.9, .phone_known = 0.98, .kin_known = 0.95, .vehicle_known = 0.7, .person_known = 0.8,
    .moves = 0.06, .leavers = 0.05, .left_too_early = 0.05, .desks_per_member = 0.8, .warned = 0.004,
    .subjects_per_staff = 14, .address_known = 0.9, .subject_phone_known = 0.8, .colleague_subjects = 0.03, .frequent = 0.01,
    .cases_per_worker = 24, .visits_per_case = 6.5, .desk_visits = 1.7, .case_days = {14, 180},
    .desk_logged = 0.85, .enquiry = 0.010, .wrong_pick = 0.03, .search_only = 0.05, .linked_person = 0.06, .covered = 0.10,
    .late = 0.06, .late_days = 3, .never = 0.004,
    .overtime = 0.03, .called_out = 0.004, .after_close = 0.25, .after_move = 0.3, .prints = 0.02, .marker_edits = 0.01,
    .shared_street = 10, .incidents = 12, .incident_people = 30, .news = 6, .news_tagged = 0.8,
    .abuses_per_1000 = 60,
    .weights = {6, 6, 7, 5, 6, 6, 6, 5, 7, 4, 4, 10, 6, 6, 5, 5, 4, 4},
    .looks = {1, 4}, .spread_days = 40, .many_days = {4, 30}, .many_people = {40, 80},
    .off_hours = 0.15, .by_desk = 0.5, .cover_basis = 0.2, .faked_call = 0.01, .further_relative = 0.3,
};

const struct year_params year_test = {
    .name = "test",
    .desk_units = 0.38, .records_units = 0.03, .audit_units = 0.02, .press_units = 0.04,
    .unit_size = {6, 24}, .areas = 14,
    .nights = 0.7, .hours_known = 0.85,
    .home_known = 0.96, .former_home_known = 0.85, .phone_known = 0.96, .kin_known = 0.92, .vehicle_known = 0.6, .person_known = 0.7,
    .moves = 0.09, .leavers = 0.08, .left_too_early = 0.08, .desks_per_member = 0.6, .warned = 0.006,
    .subjects_per_staff = 11, .address_known = 0.85, .subject_phone_known = 0.75, .colleague_subjects = 0.04, .frequent = 0.02,
    .cases_per_worker = 20, .visits_per_case = 7.5, .desk_visits = 1.75, .case_days = {7, 240},
    .desk_logged = 0.80, .enquiry = 0.014, .wrong_pick = 0.04, .search_only = 0.08, .linked_person = 0.08, .covered = 0.14,
    .late = 0.09, .late_days = 4, .never = 0.006,
    .overtime = 0.05, .called_out = 0.006, .after_close = 0.35, .after_move = 0.4, .prints = 0.03, .marker_edits = 0.015,
    .shared_street = 16, .incidents = 20, .incident_people = 45, .news = 8, .news_tagged = 0.6,
    .abuses_per_1000 = 60,
    .weights = {5, 7, 6, 6, 7, 5, 5, 6, 6, 5, 5, 9, 7, 5, 6, 4, 5, 5},
    .looks = {1, 6}, .spread_days = 90, .many_days = {3, 60}, .many_people = {30, 120},
    .off_hours = 0.25, .by_desk = 0.6, .cover_basis = 0.35, .faked_call = 0.03, .further_relative = 0.4,
};
