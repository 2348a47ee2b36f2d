/* help_completion.c: completions for shells (help.h). */
#include "harness/console/help_internal.h"

/* --- bash --- */

static void bash_options(const struct subcommand *subcommand, FILE *out)
{
    fprintf(out, "    %s) words=\"", subcommand->name);
    for (const struct option_spec *spec = subcommand->table; spec->name; spec++)
        fprintf(out, "--%s ", spec->name);
    fputs("--help\" ;;\n", out);
}

/* The choices of each option that has some: "sweep --cache". */
static void bash_choices(const struct subcommand *subcommand, FILE *out)
{
    for (const struct option_spec *spec = subcommand->table; spec->name; spec++) {
        if (spec->kind != OPTION_CHOICE)
            continue;
        fprintf(out, "    '%s --%s') words=\"", subcommand->name, spec->name);
        for (int i = 0; spec->choices[i]; i++)
            fprintf(out, "%s%s", i ? " " : "", spec->choices[i]);
        fputs("\" ;;\n", out);
    }
}

void help_completion_bash(const struct subcommand *const *subcommands, FILE *out)
{
    fputs("# bash completion for knee\n"
          "_knee() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
          "    local -i at\n"
          "    COMPREPLY=()\n"
          "    for ((at = 1; at < COMP_CWORD; at++)); do # the words behind -- are a command's\n"
          "        if [ \"${COMP_WORDS[at]}\" = -- ]; then\n"
          "            ! declare -F _command_offset >/dev/null || _command_offset $((at + 1))\n"
          "            return\n"
          "        fi\n"
          "    done\n"
          "    [ \"$word\" != = ] || word='' # --option=word is three words\n"
          "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ] ||\n"
          "        { [ \"$COMP_CWORD\" -eq 2 ] && [ \"$before\" = help ] && [[ $word != -* ]]; }; then\n"
          "        words=\"",
          out);
    for (const struct subcommand *const *one = subcommands; *one; one++)
        fprintf(out, "%s ", (*one)->name);
    fputs("--help --version\"\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "        return\n"
          "    fi\n"
          "    case \"${COMP_WORDS[1]} $before\" in\n",
          out);
    for (const struct subcommand *const *one = subcommands; *one; one++)
        bash_choices(*one, out);
    fputs("    esac\n"
          "    [ -z \"$words\" ] && [[ $word == -* ]] && case \"${COMP_WORDS[1]}\" in\n",
          out);
    for (const struct subcommand *const *one = subcommands; *one; one++)
        bash_options(*one, out);
    fputs("    esac\n"
          "    [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\n"
          "complete -o bashdefault -o default -F _knee knee\n",
          out);
}

/* --- zsh --- */

/* Within '...[...]': quotes end the word, brackets and colons have a meaning. */
static void zsh_text(const char *text, FILE *out)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
}

static void zsh_option(const struct option_spec *spec, FILE *out)
{
    char text[160];

    fprintf(out, " \\\n            '%s--%s%s[", spec->kind == OPTION_TEXTS ? "*" : "", spec->name,
            !spec->argument                ? ""
            : spec->kind == OPTION_TEXT_OR ? "=-"
                                           : "=");
    zsh_text(help_of_option(spec, text, sizeof text), out);
    fputc(']', out);
    if (spec->argument) {
        fputs(spec->kind == OPTION_TEXT_OR ? "::" : ":", out);
        zsh_text(spec->argument, out);
        fputc(':', out);
    }
    if (spec->kind == OPTION_CHOICE) {
        fputc('(', out);
        for (int i = 0; spec->choices[i]; i++)
            fprintf(out, "%s%s", i ? " " : "", spec->choices[i]);
        fputc(')', out);
    } else if (spec->argument) {
        fputs("_files", out);
    }
    fputc('\'', out);
}

void help_completion_zsh(const struct subcommand *const *subcommands, FILE *out)
{
    fputs("#compdef knee\n# zsh completion for knee\n_knee() {\n    local -a commands=(\n", out);
    for (const struct subcommand *const *one = subcommands; *one; one++) {
        fprintf(out, "        '%s:", (*one)->name);
        zsh_text((*one)->summary, out);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    local -i end=${words[(i)--]}\n"
          "    if (( end < CURRENT )); then # the words behind -- are a command's\n"
          "        shift $end words\n"
          "        (( CURRENT -= end ))\n"
          "        _normal\n"
          "        return\n"
          "    fi\n"
          "    if (( CURRENT == 2 )) || { (( CURRENT == 3 )) && [[ $words[2] == help && $words[3] != -* ]] "
          "}; then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $command in\n",
          out);
    for (const struct subcommand *const *one = subcommands; *one; one++) {
        fprintf(out, "    %s)\n        _arguments", (*one)->name);
        for (const struct option_spec *spec = (*one)->table; spec->name; spec++)
            zsh_option(spec, out);
        fputs(" \\\n            '--help[this text]' \\\n            '*:file:_files' ;;\n", out);
    }
    fputs("    esac\n}\n_knee \"$@\"\n", out);
}
