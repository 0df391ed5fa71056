#!/usr/bin/env bash
# Runs the steps of action.yml: build, check, or diff, which does nothing without a
# base.
# All outside input is in variables, so that none of it runs as a command. The
# checkout belongs to the change: the script writes nothing there, and outputs no
# file of it.
set -u

permc=${PERMC:-permc}
path=${PERMC_PATH:-.}

# Says why nothing was done, on GitHub as an annotation, which reviewers see.
fail() { # CODE MESSAGE…
	local code=$1 text
	shift
	text=$(printf %s "$*" | tr -d '\000-\037\177')
	printf 'permc: %s\n' "$text" >&2
	if [ -n "${GITHUB_ACTIONS:-}" ]; then printf '::error title=permc::%s\n' "${text//%/%25}"; fi
	exit "$code"
}

# Ignore git's settings from a surrounding repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES \
	GIT_COMMON_DIR GIT_NAMESPACE

ask() {
	git -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null \
		--no-replace-objects "$@"
}

fetch() {
	ask fetch --quiet --no-tags --no-recurse-submodules --no-auto-maintenance \
		${depth[@]+"${depth[@]}"} origin "$1"
}

# Runs permc with a second format in a file of a new folder, and sets the output
# NAME to its path: only a file that permc wrote in this run becomes an output.
run() { # NAME FILE FORMAT ARGUMENT…
	local name=$1 file=$2 format=$3 code folder
	shift 3
	if [ -n "${PERMC_FAIL_ON:-}" ]; then set -- "$@" --fail-on "$PERMC_FAIL_ON"; fi
	set -- "$@" -f github
	if [ -n "$file" ]; then
		file=${file##*/}
		case $file in
		"" | .* | *[!A-Za-z0-9._-]*)
			fail 2 "$name: want the name of a file, of letters, digits, dots, hyphens and underscores"
			;;
		esac
		folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/permc-XXXXXXXX") || fail 3 "no folder can be made for $file"
		file=$folder/$file
		set -- "$@" -f "$format=$file"
	fi
	"$permc" "$@" -- "$path"
	code=$?
	if [ -n "$file" ] && [ -f "$file" ] && [ -n "${GITHUB_OUTPUT:-}" ]; then
		printf '%s=%s\n' "$name" "$file" >>"$GITHUB_OUTPUT"
	fi
	return "$code"
}

# The first parent of a merge commit that GitHub made of a pull request: the
# branch that it will be merged into, as it was then. A shallow clone lacks it,
# but the commit names it. HEAD of any other checkout is the change's own.
first_parent() {
	case ${GITHUB_REF:-} in refs/pull/*/merge) ;; *) return 1 ;; esac
	[ "$(ask rev-parse HEAD 2>/dev/null)" = "${GITHUB_SHA:-none}" ] || return 1
	[ "$(ask cat-file commit HEAD | sed '/^$/q' | grep -c '^parent ')" -ge 2 ] || return 1
	ask cat-file commit HEAD | sed -n '/^$/q; s/^parent //p' | head -n 1
}

# Sets base to the commit of a name, which is fetched if the clone lacks it. A
# branch is named in full, since a tag may have its name.
known() { # NAME
	local name=$1 branch
	if ask rev-parse --quiet --verify "$name^{commit}" >/dev/null; then
		base=$name
		return
	fi
	if [[ $name =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; then
		fetch "$name" || return
		base=$name
		return
	fi
	branch=${name#refs/heads/}
	branch=${branch#refs/remotes/}
	fresh "${branch#origin/}"
}

# Fetches the parents of HEAD into a shallow clone.
deepen() {
	if ! ask rev-parse --quiet --verify "HEAD^1^{commit}" >/dev/null; then
		depth=(--depth=2)
		fetch "$GITHUB_SHA" 2>/dev/null
	fi
	depth=(--depth=1)
}

# Fetches a branch as it is now, and sets base to its commit.
fresh() { # BRANCH
	ask check-ref-format "refs/heads/$1" || return
	fetch "+refs/heads/$1:refs/remotes/permc/base" || return
	base=$(ask rev-parse --verify --quiet refs/remotes/permc/base^{commit})
}

cannot() {
	fail 3 "the base $1 cannot be had: it is not in this clone, and git fetch failed;" \
		"help: give actions/checkout fetch-depth: 0, and leave persist-credentials on"
}

# Sets base to the revision to compare with, or to nothing for a push.
find_base() {
	local parent
	base=
	depth=()
	if [ "$(ask rev-parse --is-shallow-repository 2>/dev/null)" = true ]; then depth=(--depth=1); fi
	case ${PERMC_AGAINST:-} in
	"") ;;
	-*) fail 2 "against: a revision does not begin with a dash" ;;
	/* | ./* | ../* | . | .. | *..* | *[:^~@]*) base=$PERMC_AGAINST && return ;; # permc looks it up, or says what helps
	*) known "$PERMC_AGAINST" || cannot "$PERMC_AGAINST" && return ;;
	esac
	if parent=$(first_parent); then
		if [ ${#depth[@]} -gt 0 ]; then deepen; fi
		known "$parent" || cannot "$parent"
	elif [ -n "${PERMC_BASE:-}" ]; then
		known "$PERMC_BASE" || cannot "$PERMC_BASE"
	elif [ -n "${GITHUB_BASE_REF:-}" ]; then
		fresh "$GITHUB_BASE_REF" || cannot "$GITHUB_BASE_REF"
		# pull_request_target checks out the base, where nothing of the change would be seen.
		if [ "$base" = "$(ask rev-parse HEAD)" ]; then
			fail 3 "the checkout is the base itself, not the pull request; help: run this action on pull_request"
		fi
	fi
}

# Builds permc from the checkout of this action, and from nothing of the change:
# its go.work and go.env do not count. The output permc is the path of the command.
build() {
	local folder version site=
	folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/permc-XXXXXXXX") || fail 3 "no folder can be made for permc"
	version=$(printf %s "${PERMC_VERSION:-}" | tr -cd 'A-Za-z0-9._+/-')
	if [[ $version && ${PERMC_REPOSITORY_OF_ACTION:-} =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]]; then
		site=${GITHUB_SERVER_URL:-https://github.com}/$PERMC_REPOSITORY_OF_ACTION/blob/$version
		site=" -X permc.dev/permc/compiler/render.Site=$site"
	fi
	GOWORK=off CGO_ENABLED=0 go build -C "$GITHUB_ACTION_PATH" -trimpath -buildvcs=false \
		-ldflags "-s -w -X main.version=$version$site" -o "$folder/permc" ./cmd/permc ||
		fail 3 "permc cannot be built from $GITHUB_ACTION_PATH"
	printf 'permc=%s\n' "$folder/permc" >>"${GITHUB_OUTPUT:-/dev/null}"
}

case $1 in
build) build ;;
check) run sarif "${PERMC_SARIF:-}" sarif check ;;
diff)
	find_base
	if [ -z "$base" ]; then
		echo "permc: nothing to compare: this is neither a pull request nor a merge queue, and against names no base"
		exit 0
	fi
	run comment "${PERMC_COMMENT:-}" markdown diff --against "$base"
	;;
esac
