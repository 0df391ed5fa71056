#!/usr/bin/env bash
# What the steps of action.yml run: check, or diff, which does nothing without a
# base. All that comes from outside comes in variables, so that nothing of it is
# read as a command.
set -u

permc=${PERMC:-permc}
path=${PERMC_PATH:-.}
base=${PERMC_AGAINST:-${PERMC_BASE:-}}

output() {
	if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
}

# Runs permc with a second format in a file, which is an output by this name.
run() {
	local name=$1 file=$2 code
	shift 2
	if [ -n "${PERMC_FAIL_ON:-}" ]; then set -- "$@" --fail-on "$PERMC_FAIL_ON"; fi
	set -- "$@" -f github
	if [ -n "$file" ]; then set -- "$@" -f "$FORMAT=$file"; fi
	"$permc" "$@" -- "$path"
	code=$?
	if [ -n "$file" ] && [ -f "$file" ]; then output "$name" "$file"; fi
	return "$code"
}

if [ "$1" = check ]; then
	FORMAT=sarif run sarif "${PERMC_SARIF:-}" check
	exit
fi

# A name that begins with a dash would be read as a flag.
case $base in
"") exit 0 ;;
-*)
	echo "permc: against: a revision does not begin with a dash" >&2
	exit 2
	;;
esac
# A shallow clone, which is what actions/checkout makes, has no base.
if ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
	if ! git fetch --quiet --no-tags --depth=1 origin "$base"; then
		echo "permc: the base $base cannot be fetched" >&2
	elif ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
		base=FETCH_HEAD # a branch that has no name here
	fi
fi
FORMAT=markdown run comment "${PERMC_COMMENT:-}" diff --against "$base"
