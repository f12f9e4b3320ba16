#!/bin/sh
# The same bytes from gcc's and clang's builds, with 1, 2 and 8 threads: tools/bits.sh GCC_HAVEN CLANG_HAVEN WORK
# Each file is trained on without asking; pairs and clusters are found with what came out and with a Splink model. Every output of one step must be one and the same.
set -eu
gcc=$1 clang=$2 work=$3
data=tests/data/linkage
mkdir -p "$work"
[ -f "$work/persons-20000.csv" ] || python3 bench/persons.py 20000 "$work/persons-20000.csv" 7
checked=0

# same NAME HAVEN-ARGUMENTS...: OUT in them is the file to compare
same() {
    name=$1
    shift
    first=
    for threads in 1 2 8; do
        for haven in "$gcc" "$clang"; do
            out="$work/$name.new"
            "$haven" link "$@" --threads "$threads" -o "$out" 2>/dev/null
            sum=$(sha256sum <"$out")
            if [ -z "$first" ]; then
                first=$sum
                cp "$out" "$work/$name"
            elif [ "$sum" != "$first" ]; then
                echo "bits: $name differs: $haven with $threads threads ($out against $work/$name)" >&2
                exit 1
            fi
            checked=$((checked + 1))
        done
    done
    rm -f "$work/$name.new"
}

for file in "$data/fake_1000.csv" "$data/febrl3.csv" "$work/persons-20000.csv"; do
    base=$(basename "$file" .csv)
    same "$base.model.json" train --auto "$file"
    same "$base.pairs" predict --model "$work/$base.model.json" --threshold-weight -10 "$file"
    same "$base.clusters" cluster --model "$work/$base.model.json" "$file"
done
same demo.pairs predict --model "$data/saved_model_from_demo.json" --threshold-weight -10 "$data/fake_1000.csv"
same rich.pairs predict --model bench/rich_model.json --threshold-weight -10 "$work/persons-20000.csv"
same rich_a.clusters cluster --model bench/rich_model_a.json "$work/persons-20000.csv"
echo "bits: $checked outputs, each step one and the same from gcc and clang with 1, 2 and 8 threads"
