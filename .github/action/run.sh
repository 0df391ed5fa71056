#!/usr/bin/env bash
# What action.yml runs: check, and on a pull request diff. All that comes from
# outside comes in variables, so that nothing of it is read as a command.
set -u

permc=${PERMC:-permc}
path=${PERMC_PATH:-.}
fail_on=${PERMC_FAIL_ON:-error}
base=${PERMC_AGAINST:-${PERMC_BASE:-}}
worst=0

# The first failure is the action's, but all is run and written.
run() {
	"$@"
	local code=$?
	if [ "$worst" -eq 0 ]; then worst=$code; fi
}

output() {
	if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
}

# A name that begins with a dash would be read as a flag.
case $base in -*)
	echo "permc: against: a revision does not begin with a dash" >&2
	exit 2
	;;
esac

check=(check --fail-on "$fail_on" -f github)
if [ -n "${PERMC_SARIF:-}" ]; then
	check+=(-f "sarif=$PERMC_SARIF")
fi
run "$permc" "${check[@]}" -- "$path"
if [ -n "${PERMC_SARIF:-}" ] && [ -f "$PERMC_SARIF" ]; then
	output sarif "$PERMC_SARIF"
fi

if [ -n "$base" ]; then
	# A shallow clone, which is what actions/checkout makes, has no base.
	if ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
		if ! git fetch --quiet --no-tags --depth=1 origin "$base"; then
			echo "permc: the base $base cannot be fetched" >&2
		elif ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
			base=FETCH_HEAD # a branch that has no name here
		fi
	fi
	diff=(diff --against "$base" --fail-on "$fail_on" -f github)
	if [ -n "${PERMC_COMMENT:-}" ]; then
		diff+=(-f "markdown=$PERMC_COMMENT")
	fi
	run "$permc" "${diff[@]}" -- "$path"
	if [ -n "${PERMC_COMMENT:-}" ] && [ -f "$PERMC_COMMENT" ]; then
		output comment "$PERMC_COMMENT"
	fi
fi
exit "$worst"
