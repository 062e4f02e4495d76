// Primitives on tuples, and on the sets that are kept as lists.
#pragma once
#include "numbers.h"

SCALAR(truth_len)(Machine &, const List *list) {
    return list->n > 0;  // a patch has its length at the same place
}

SCALAR(len)(Machine &, const List *list) {
    return list->n;
}

SCALAR(as_tuple)(Machine &, slot set) {
    return set;  // the elements lie in canonical order already
}

DEVICE_INLINE Value list_of_one(Machine &m, slot item) {
    List *list = new_list(m, 1);
    if (!list) return fail(m, MEMORY);
    if (lane() == 0) list->items[0] = item;
    sync();
    return list;
}

DEVICE_INLINE Value list_of_two(Machine &m, slot first, slot second) {
    List *list = new_list(m, 2);
    if (!list) return fail(m, MEMORY);
    if (lane() == 0) {
        list->items[0] = first;
        list->items[1] = second;
    }
    sync();
    return list;
}

SCALAR(tuple2)(Machine &m, slot first, slot second) {
    return list_of_two(m, first, second);
}

SCALAR(fst)(Machine &, const List *two) {
    return two->items[0];
}

SCALAR(snd)(Machine &, const List *two) {
    return two->items[1];
}

SCALAR(pair_list)(Machine &m, Pair p) {
    if (!is_missing(p)) return list_of_two(m, p.i, p.j);
    List *list = new_list(m, 0);
    if (!list) return fail(m, MEMORY);
    return list;
}

// Where Python would go on with another kind of container, because this one is empty.
SCALAR(known_filled)(Machine &m, const List *list) {
    if (list->n == 0) return fail(m, RANGE);
    return list;
}

SCALAR(list1)(Machine &m, slot item) {
    return list_of_one(m, item);
}

SCALAR(list2)(Machine &m, slot first, slot second) {
    return list_of_two(m, first, second);
}

SCALAR(set1)(Machine &m, slot item) {
    return list_of_one(m, item);
}

SCALAR(head)(Machine &m, const List *list) {
    if (list->n < 1) return fail(m, ERROR);
    return list->items[0];
}

SCALAR(at1)(Machine &m, const List *list) {
    if (list->n < 2) return fail(m, ERROR);
    return list->items[1];
}

SCALAR(tail_end)(Machine &m, const List *list) {
    if (list->n < 1) return fail(m, ERROR);
    return list->items[list->n - 1];
}

PRIMITIVE(list_cat)(Machine &m, const List *x, const List *y) {
    List *list = new_list(m, (i64)x->n + y->n);
    if (!list) return fail(m, MEMORY);
    copy_bytes((u8 *)list->items, (const u8 *)x->items, 8 * (i64)x->n);
    copy_bytes((u8 *)(list->items + x->n), (const u8 *)y->items, 8 * (i64)y->n);
    return list;
}

DEVICE i64 total_length(const List *lists) {
    i64 total = 0;
    FOR_LANES(k, lists->n) total += list_at(lists, k)->n;
    return sum_of_lanes(total);
}

PRIMITIVE(list_merge)(Machine &m, const List *lists) {
    if (!spend(m, lists->n)) return fail(m, BUDGET);
    List *merged = new_list(m, total_length(lists));
    if (!merged) return fail(m, MEMORY);
    int at = 0;
    for (int k = 0; k < lists->n; k++) {
        const List *part = list_at(lists, k);
        copy_bytes((u8 *)(merged->items + at), (const u8 *)part->items, 8 * (i64)part->n);
        at += part->n;
    }
    return merged;
}

DEVICE_INLINE List *copy_of(Machine &m, const List *list) {
    List *copy = new_list(m, list->n);
    if (copy) copy_bytes((u8 *)copy->items, (const u8 *)list->items, 8 * (i64)list->n);
    return copy;
}

// The set of a list's elements, as a new list.
DEVICE List *set_of(Machine &m, const List *list, int type) {
    List *set = copy_of(m, list);
    if (!set) return nullptr;
    int n = sort_set(m, type, set->items, set->n);
    if (m.status) return nullptr;
    shrink(m, set, n);
    return set;
}

PRIMITIVE(list_canon)(Machine &m, const List *list, int type) {
    return set_of(m, list, type);
}

PRIMITIVE(list_contains)(Machine &m, const List *list, slot value, int type) {
    return (int)contains(m, type, list, value);
}

// Binary search in a sorted list.
DEVICE bool set_has(const Machine &m, int type, const List *set, slot value, i64 &work) {
    int low = 0;
    int high = set->n;
    while (low < high) {
        int middle = (low + high) >> 1;
        int order = compare(m, type, set->items[middle], value, work);
        if (order == 0) return true;
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

// The elements of x that y has (or lacks), in x's order. The sorted copy of y lies above the result, as
// scratch.
DEVICE_CALL Value list_select(Machine &m, const List *x, const List *y, int type, bool wanted) {
    List *selected = new_list(m, x->n);
    if (!selected) return fail(m, MEMORY);
    u8 *end_of_selected = m.top;
    const List *set = set_of(m, y, type);
    if (!set) return fail(m, m.status);
    i64 work = 0;
    int n = compact(
        selected->items, x->n,
        [&](int k) { return work <= m.budget && set_has(m, type, set, x->items[k], work) == wanted; },
        [&](int k) { return x->items[k]; });
    m.top = end_of_selected;
    if (!spend(m, sum_of_lanes(work))) return fail(m, BUDGET);
    shrink(m, selected, n);
    return selected;
}

PRIMITIVE(list_diff)(Machine &m, const List *x, const List *y, int type) {
    return list_select(m, x, y, type, false);
}

PRIMITIVE(list_inter)(Machine &m, const List *x, const List *y, int type) {
    return list_select(m, x, y, type, true);
}

PRIMITIVE(list_remove)(Machine &m, const List *x, slot value, int type) {
    List *rest = new_list(m, x->n);
    if (!rest) return fail(m, MEMORY);
    i64 work = 0;
    int n = compact(
        rest->items, x->n,
        [&](int k) { return work <= m.budget && compare(m, type, x->items[k], value, work) != 0; },
        [&](int k) { return x->items[k]; });
    if (!spend(m, sum_of_lanes(work))) return fail(m, BUDGET);
    shrink(m, rest, n);
    return rest;
}

// The list sorted together with the elements' places: equal elements are neighbours, the first place in
// front.
struct Ranked {
    List *items, *places;
};

DEVICE bool rank(Machine &m, const List *x, int type, Ranked &ranked) {
    ranked.items = copy_of(m, x);
    ranked.places = ranked.items ? new_list(m, x->n) : nullptr;
    if (!ranked.places) return false;
    FOR_LANES(k, x->n) ranked.places->items[k] = k;
    sync();
    return sort_slots(m, type, ranked.items->items, ranked.places->items, x->n);
}

PRIMITIVE(list_dedupe)(Machine &m, const List *x, int type) {
    List *kept = new_list(m, x->n);
    if (!kept) return fail(m, MEMORY);
    u8 *end_of_kept = m.top;
    Ranked ranked;
    if (!rank(m, x, type, ranked)) return fail(m, m.status);
    slot *items = ranked.items->items;
    slot *places = ranked.places->items;
    i64 work = 0;
    FOR_LANES(k, x->n) {
        bool repeat = k > 0 && work <= m.budget && compare(m, type, items[k - 1], items[k], work) == 0;
        kept->items[places[k]] = repeat;
    }
    sync();
    int n =
        compact(items, x->n, [&](int k) { return kept->items[k] == 0; }, [&](int k) { return x->items[k]; });
    copy_bytes((u8 *)kept->items, (const u8 *)items, 8 * (i64)n);
    m.top = end_of_kept;
    if (!spend(m, sum_of_lanes(work))) return fail(m, BUDGET);
    shrink(m, kept, n);
    return kept;
}

// The most or least frequent element, ties to the smallest: equal elements are neighbours once sorted.
DEVICE_CALL Value common(Machine &m, const List *x, int type, bool most) {
    if (x->n == 0) return fail(m, ERROR);
    u8 *before = m.top;
    List *sorted = copy_of(m, x);
    if (!sorted) return fail(m, MEMORY);
    if (!sort_slots(m, type, sorted->items, nullptr, x->n)) return fail(m, m.status);
    slot best = sorted->items[0];
    int best_count = 0;
    i64 work = 0;
    for (int start = 0, end; start < x->n && work <= m.budget; start = end) {
        end = start + 1;
        while (end < x->n && work <= m.budget &&
               compare(m, type, sorted->items[start], sorted->items[end], work) == 0) {
            end++;
        }
        int count = end - start;
        if (best_count == 0 || (most ? count > best_count : count < best_count)) {
            best = sorted->items[start];
            best_count = count;
        }
    }
    sync();
    m.top = before;
    if (!spend(m, work)) return fail(m, BUDGET);
    return best;
}

PRIMITIVE(mostcommon)(Machine &m, const List *x, int type) {
    return common(m, x, type, true);
}

PRIMITIVE(leastcommon)(Machine &m, const List *x, int type) {
    return common(m, x, type, false);
}

DEVICE bool holds_none(const List *x) {
    bool none = false;
    FOR_LANES(k, x->n) none |= x->items[k] == NONE;
    return any_lane(none);
}

// Python compares None with nothing, but does not compare at all when it stands alone.
PRIMITIVE(list_max)(Machine &m, const List *x) {
    if (x->n == 0) return 0;
    if (!spend(m, x->n >> 2)) return fail(m, BUDGET);
    if (x->n > 1 && holds_none(x)) return fail(m, ERROR);
    int greatest = NONE;
    FOR_LANES(k, x->n) greatest = max_int(greatest, (int)x->items[k]);
    return max_of_lanes(greatest);
}

PRIMITIVE(list_min)(Machine &m, const List *x) {
    if (x->n == 0) return 0;
    if (!spend(m, x->n >> 2)) return fail(m, BUDGET);
    if (x->n > 1 && holds_none(x)) return fail(m, ERROR);
    int smallest = 2147483647;
    FOR_LANES(k, x->n) smallest = min_int(smallest, (int)x->items[k]);
    return min_of_lanes(smallest);
}

DEVICE_INLINE i64 steps_between(i64 start, i64 stop, i64 step) {
    if (step > 0) return stop > start ? (stop - start + step - 1) / step : 0;
    return start > stop ? (start - stop - step - 1) / -step : 0;
}

PRIMITIVE(interval)(Machine &m, int start, int stop, int step) {
    if (start == NONE || stop == NONE || step == NONE || step == 0) return fail(m, ERROR);
    i64 n = steps_between(start, stop, step);
    List *list = new_list(m, n);
    if (!list) return fail(m, MEMORY);
    FOR_LANES(k, (int)n) list->items[k] = start + (i64)k * step;
    sync();
    return list;
}

PRIMITIVE(repeat)(Machine &m, slot item, int times) {
    if (times == NONE) return fail(m, ERROR);
    int n = max_int(0, times);
    List *list = new_list(m, n);
    if (!list) return fail(m, MEMORY);
    FOR_LANES(k, n) list->items[k] = item;
    sync();
    return list;
}

PRIMITIVE(list_sizefilter)(Machine &m, const List *x, int size) {
    List *list = new_list(m, x->n);
    if (!list) return fail(m, MEMORY);
    int n = compact(
        list->items, x->n, [&](int k) { return list_at(x, k)->n == size; },
        [&](int k) { return x->items[k]; });
    shrink(m, list, n);
    return list;
}

PRIMITIVE(colorfilter)(Machine &m, const List *objects, int color) {
    if (!spend(m, objects->n)) return fail(m, BUDGET);
    bool empty = false;
    FOR_LANES(k, objects->n) empty |= patch_at(objects, k)->n == 0;
    if (any_lane(empty)) return fail(m, ERROR);
    List *list = new_list(m, objects->n);
    if (!list) return fail(m, MEMORY);
    int n = compact(
        list->items, objects->n,
        [&](int k) { return color_of_cell(patch_at(objects, k)->cells[0]) == color; },
        [&](int k) { return objects->items[k]; });
    shrink(m, list, n);
    return list;
}
