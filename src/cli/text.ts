import type { Language } from '../scenario/language.ts'

const en = {
  usage: `NotReady: repair broken Kubernetes clusters in your terminal.

Usage: notready [COMMAND] [OPTIONS]

Commands:
  play [ID]        play; without an ID the menu opens (the default command); --seed N: a certain variant
  list             list the missions
  learn [ID]       lessons with live exercises; as plain text without a terminal
  drill [SKILL]    short tasks when they are due; what is due as plain text without a terminal
  exam             a mock exam; --practice can be paused, --seed N draws a certain one,
                   --minutes N a shorter or longer one
  results          what was played, with seeds, times and points; --csv or --json for a spreadsheet
  docs [WORD]      the reference pages; a page, or those in which WORD stands
  sandbox          a shell in a healthy cluster, or a scripted run
  serve            offer a cluster's API to your own kubectl, k9s, Helm (this machine only)
  prove [ID|FILE]  prove that scenarios are broken, solvable and not fooled, and exercises solvable;
                   --variants proves every variant of each, --seed N a certain one;
                   --watch proves the named ones again whenever they change
  record ID [FILE] record a sandbox (or a script) as the draft of a scenario, ID.yaml
  new KIND ID      write a commented scenario, task or lesson to start from
  schema [task]    the JSON Schema of scenario or task files, for your editor
  doctor           check this terminal and installation
  help, version

Options:
  --lang en|fr     language (default: from the locale)
  --screen-reader  lines of text instead of a drawn screen
  --help, --version

Sandbox options:
  --cluster NAME   default, ha or single             --seed N
  --scenario ID    start inside a scenario           --host NAME
  -c 'COMMANDS'    run commands and exit             SCRIPT   run a script and exit
  --jsonl          one JSON object a line on standard input and output

Serve options: --cluster, --scenario and --seed as above, and
  --port N         port on 127.0.0.1 (default: any free one)
`,
  unknownCommand: (name: string, near: string | undefined) =>
    `notready: unknown command "${name}"${near ? `, did you mean "${near}"?` : ''}\nRun 'notready --help' for usage.\n`,
  unknownOption: (option: string) => `notready: unknown option "${option}"\nRun 'notready --help' for usage.\n`,
  optionValue: (option: string, wanted: boolean) =>
    `notready: ${option} ${wanted ? 'needs a value' : 'takes no value'}\nRun 'notready --help' for usage.\n`,
  badLanguage: (value: string) => `notready: --lang: "${value}" is not a language of the game (en, fr)\n`,
  noScenario: (name: string) => `notready: there is no scenario "${name}". 'notready list' shows them.\n`,
  noLesson: (name: string) => `notready: there is no lesson "${name}". 'notready learn' shows them.\n`,
  noSkill: (name: string, near: string | undefined, all: readonly string[]) =>
    `notready: there is no skill "${name}"${near ? `, did you mean "${near}"?` : ''}\nSkills: ${[...all].join(', ')}\n`,
  tooMany: (name: string) => `notready: "${name}" is one argument too many\n`,
  noCluster: (name: string, all: string) => `notready: --cluster: "${name}" is not one of ${all}\n`,
  noHost: (name: string, all: string) => `notready: --host: "${name}" is not one of ${all}\n`,
  badSeed: (value: string) => `notready: --seed: "${value}" is not a whole number\n`,
  badMinutes: (value: string, least: number, most: number) =>
    `notready: --minutes: "${value}" is not a whole number from ${least} to ${most}\n`,
  badPort: (value: string) => `notready: --port: "${value}" is not a port (0 to 65535)\n`,
  cannotServe: (why: string) => `notready: cannot serve: ${why}\n`,
  serving: (url: string, file: string) =>
    `The cluster's API answers at ${url}, its time follows the real one. In another terminal:\n\n  export KUBECONFIG=${file}\n  kubectl get nodes\n\nCtrl-C ends it.\n`,
  watchWhat: (most: number) => `notready: prove --watch: name what is to be watched, at most ${most} files\n`,
  watching: (n: number) => `Watching ${n} ${n === 1 ? 'file' : 'files'}; Ctrl-C ends it.\n`,
  tooLong: (seconds: number) => `took more than ${seconds} s and was stopped`,
  unreadable: (file: string, why: string) => `notready: cannot read ${file}: ${why}\n`,
  newWhat:
    'notready: new: what, and what shall it be called? notready new scenario my-mission, notready new task my-task, notready new lesson my-lesson\n',
  recordWhat: 'notready: record: how shall the scenario be called? notready record my-mission\n',
  recorded: (file: string) => `${file} is a draft of what you did. To see whether it holds: notready prove ${file}\n`,
  badId: (id: string) => `notready: "${id}" is no ID: lower-case words joined by hyphens\n`,
  exists: (file: string) => `notready: ${file} exists and stays as it is\n`,
  unwritable: (file: string, why: string) => `notready: cannot write ${file}: ${why}\n`,
  created: (file: string, kind: string | undefined) =>
    `${file} is written. It is proven as it stands: notready prove ${file}\n${kind ? `Its schema, for your editor: notready schema ${kind} > notready.${kind}.schema.json\n` : ''}`,
  twoForms: 'notready: results: give only one of --csv and --json\n',
  noResults: 'Nothing has been played to its end yet.\n',
  twoSources: 'notready: give only one of -c, a script and --jsonl\n',
  needsTerminal: 'notready: the game needs a terminal; use "notready sandbox --jsonl" for scripts\n',
  minutes: 'min',
  broken: 'BROKEN',
}

/** What the command line says. */
export type CliText = typeof en

const fr: CliText = {
  usage: `NotReady : réparez des clusters Kubernetes en panne dans votre terminal.

Utilisation : notready [COMMANDE] [OPTIONS]

Commandes :
  play [ID]          jouer ; sans ID le menu s’ouvre (commande par défaut) ; --seed N : une variante donnée
  list               liste des missions
  learn [ID]         leçons avec exercices ; en texte simple hors d’un terminal
  drill [COMPÉTENCE] tâches courtes à revoir ; ce qui est dû en texte simple hors d’un terminal
  exam               un examen blanc ; --practice admet la pause, --seed N choisit le tirage,
                     --minutes N la durée
  results            ce qui a été joué : graines, temps, points ; --csv ou --json pour un tableur
  docs [MOT]         pages de référence ; une page, ou celles où se trouve MOT
  sandbox            un shell dans un cluster sain, ou un script
  serve              offrir l’API d’un cluster à vos kubectl, k9s, Helm (sur cette machine)
  prove [ID|FICHIER] prouver que les scénarios sont en panne, réparables et exigeants ;
                     --variants prouve chaque variante, --seed N l’une d’elles ;
                     --watch prouve de nouveau ceux qui sont nommés à chaque changement
  record ID [FICH.]  enregistrer un bac à sable (ou un script) : ébauche de scénario
  new SORTE ID       écrire un modèle commenté : scenario, task ou lesson
  schema [task]      le JSON Schema des scénarios ou des tâches, pour votre éditeur
  doctor             vérifier ce terminal et l’installation
  help, version

Options :
  --lang en|fr       langue (par défaut : celle du système)
  --screen-reader    des lignes de texte au lieu d’un écran dessiné
  --help, --version

Options de sandbox :
  --cluster NOM      default, ha ou single             --seed N
  --scenario ID      commencer dans un scénario       --host NOM
  -c 'COMMANDES'     exécuter puis quitter            SCRIPT   exécuter un script puis quitter
  --jsonl            un objet JSON par ligne, en entrée et en sortie

Options de serve : --cluster, --scenario et --seed comme ci-dessus, et
  --port N           port sur 127.0.0.1 (par défaut : un port libre)
`,
  unknownCommand: (name, near) =>
    `notready : commande inconnue « ${name} »${near ? `, vouliez-vous dire « ${near} » ?` : ''}\n« notready --help » affiche l’aide.\n`,
  unknownOption: (option) => `notready : option inconnue « ${option} »\n« notready --help » affiche l’aide.\n`,
  optionValue: (option, wanted) =>
    `notready : ${option} ${wanted ? 'demande une valeur' : 'ne prend pas de valeur'}\n« notready --help » affiche l’aide.\n`,
  badLanguage: (value) => `notready : --lang : « ${value} » n’est pas une langue du jeu (en, fr)\n`,
  noScenario: (name) => `notready : il n’y a pas de scénario « ${name} ». « notready list » les affiche.\n`,
  noLesson: (name) => `notready : il n’y a pas de leçon « ${name} ». « notready learn » les affiche.\n`,
  noSkill: (name, near, all) =>
    `notready : il n’y a pas de compétence « ${name} »${near ? `, vouliez-vous dire « ${near} » ?` : ''}\nCompétences : ${[...all].join(', ')}\n`,
  tooMany: (name) => `notready : « ${name} » est un argument de trop\n`,
  noCluster: (name, all) => `notready : --cluster : « ${name} » n’est pas parmi ${all}\n`,
  noHost: (name, all) => `notready : --host : « ${name} » n’est pas parmi ${all}\n`,
  badSeed: (value) => `notready : --seed : « ${value} » n’est pas un nombre entier\n`,
  badMinutes: (value, least, most) =>
    `notready : --minutes : « ${value} » n’est pas un nombre entier de ${least} à ${most}\n`,
  badPort: (value) => `notready : --port : « ${value} » n’est pas un port (0 à 65535)\n`,
  cannotServe: (why) => `notready : impossible de servir : ${why}\n`,
  serving: (url, file) =>
    `L’API du cluster répond sur ${url}, son temps suit le temps réel. Dans un autre terminal :\n\n  export KUBECONFIG=${file}\n  kubectl get nodes\n\nCtrl-C pour finir.\n`,
  watchWhat: (most) => `notready : prove --watch : nommez ce qu’il faut surveiller, ${most} fichiers au plus\n`,
  watching: (n) => `${n} ${n > 1 ? 'fichiers surveillés' : 'fichier surveillé'} ; Ctrl-C pour finir.\n`,
  tooLong: (seconds) => `arrêté après plus de ${seconds} s`,
  unreadable: (file, why) => `notready : impossible de lire ${file} : ${why}\n`,
  newWhat: 'notready : new : quoi, et sous quel nom ? notready new scenario ma-mission, notready new task ma-tache\n',
  recordWhat: 'notready : record : quel nom pour le scénario ? notready record ma-mission\n',
  recorded: (file) =>
    `${file} est une ébauche de ce que vous avez fait. Pour voir si elle tient : notready prove ${file}\n`,
  badId: (id) => `notready : « ${id} » n’est pas un ID : des mots en minuscules joints par des traits d’union\n`,
  exists: (file) => `notready : ${file} existe et reste tel quel\n`,
  unwritable: (file, why) => `notready : impossible d’écrire ${file} : ${why}\n`,
  created: (file, kind) =>
    `${file} est écrit. Il est prouvé tel quel : notready prove ${file}\n${kind ? `Son schéma, pour votre éditeur : notready schema ${kind} > notready.${kind}.schema.json\n` : ''}`,
  twoForms: 'notready : results : un seul de --csv et --json à la fois\n',
  noResults: 'Rien n’a encore été joué jusqu’au bout.\n',
  twoSources: 'notready : un seul de -c, script et --jsonl à la fois\n',
  needsTerminal: 'notready : le jeu a besoin d’un terminal ; pour un script, « notready sandbox --jsonl »\n',
  minutes: 'min',
  broken: 'EN PANNE',
}

/** In one of the languages. */
export const cliText = (language: Language): CliText => (language === 'fr' ? fr : en)
