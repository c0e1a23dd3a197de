/* The baseline's run as a loop in C: the same arithmetic on the same numbers, the limit that the compiled rules are
   measured against. The numbers come as constants in scenario.h, which c_loop.py writes from the compiled scenario;
   so the C compiler knows every length, which the rules do not. Acts and tension are recorded, outcomes are not. Every
   run has the means of the bases that the record taught, and plays the replayed days too.

       baseline SEED RUNS THREADS     prints seconds, acts in all, and a hash of every act of every run

   The benchmark holds that hash against the one of the compiled rules, so the two do the same work. */

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenario.h"

enum { HOSTILE, COOPERATIVE, NEUTRAL };
enum { THREATS, SUPPORT };
enum { COUNT, RISEN };
enum { BACKING, PRESSURE, STRENGTH };

typedef struct {
  double memory[2][N][N], latest[2][N][N], commitments[2][N][N], momentum[C]; /* all that fades, in one row */
  double largest[C], picture[N][3], landing[3][N][N];
  int64_t facts[2][F];
} State;

typedef struct {
  State state;
  double tension[D][Q];
  int32_t days[D * A], codes[D * A];
  int64_t below[A], drawn[A], today[A];
} Room;

static uint64_t stir(uint64_t hashed, uint64_t part) {
  uint64_t mixed = (hashed ^ part) + 0x9E3779B97F4A7C15ULL;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

static uint64_t run_hash(uint64_t seed, uint64_t run, uint64_t purpose) {
  return stir(stir(stir(0x9E3779B97F4A7C15ULL, purpose), seed), run);
}

static double unit(uint64_t hashed) { return (double)(hashed >> 11) * 0x1p-53; }

static double normal(uint64_t day, uint64_t address, uint64_t other) {
  uint64_t first = stir(stir(day, address), other);
  double radius = sqrt(-2.0 * log(1.0 - unit(first)));
  return radius * cos(2.0 * M_PI * unit(stir(first, 0x9E3779B97F4A7C15ULL)));
}

/* what is remembered */

static double remembered(int channel, int era, double memory[2][N][N]) {
  double total = 0.0;
  for (int k = 0; k < ANSWERS; k++) {
    int tone = answers[channel][k][0];
    if (tone < 0) break;
    total += answer_weights[era][channel][k] * memory[tone][channels[channel][0]][answers[channel][k][1]];
  }
  return total;
}

static double provocation(int channel, int era, State *s) {
  int actor = channels[channel][0], tone = channels[channel][2];
  if (tone == NEUTRAL) return 0.0;
  double fade = 1.0 - channel_numbers[era][channel][2], unit_mark = rulebook[era][0];
  double total = remembered(channel, era, s->memory);
  switch (strategies[actor]) {
    case 0: return fade * total / unit_mark;
    case 1: return fade * fmax(0.0, total - unit_mark) / unit_mark;
    case 2: return (tone == HOSTILE ? 1.0 - actor_numbers[era][actor][0] : 1.0) * fade * total / unit_mark;
    case 3: return fade * s->largest[channel] / unit_mark;
    case 4: return fade * remembered(channel, era, s->latest) / unit_mark;
    default: return 0.0;
  }
}

static double answer(int channel, int era, State *s) {
  return channel_numbers[era][channel][0] * provocation(channel, era, s);
}

static double campaign(int channel, int era, State *s) {
  double own = (1.0 - channel_numbers[era][channel][3]) * s->momentum[channel] / rulebook[era][0];
  return channel_numbers[era][channel][1] * own;
}

/* the morning's picture */

static void look_around(int era, State *s) {
  for (int actor = 0; actor < N; actor++) {
    double left = 1.0;
    for (int k = 0; k < LOSSES; k++)
      if (losses[k][0] == actor) {
        double count = (double)s->facts[COUNT][losses[k][1]];
        left *= 1.0 - numbers[era][losses[k][2]] * fmin(1.0, count / numbers[era][losses[k][3]]);
      }
    s->picture[actor][STRENGTH] = left;
  }
}

static void update_backing_and_pressure(int actor, int era, State *s) {
  double standing = actor_numbers[era][actor][1], support = 0.0, measures = 0.0, threats = 0.0;
  for (int patron = 0; patron < N; patron++)
    if (patrons[actor][patron]) support += s->commitments[SUPPORT][patron][actor];
  double backing = 1.0 - (1.0 - standing) * exp(-standing * support);
  for (int k = 0; k < PRESSURES; k++)
    if (pressures[k][0] == actor) {
      double in_force = (double)s->facts[COUNT][pressures[k][1]];
      measures += numbers[era][pressures[k][2]] * fmin(in_force, numbers[era][pressures[k][3]]);
    }
  for (int other = 0; other < N; other++)
    if (threatened_by[actor][other]) threats += s->commitments[THREATS][other][actor];
  double material = 1.0 - exp(-measures);
  s->picture[actor][BACKING] = backing;
  s->picture[actor][PRESSURE] = 1.0 - (1.0 - material) * exp(-actor_numbers[era][actor][2] * threats);
}

/* one action's hazard */

static double term(int drive, int day, int target, double severity, int tone, State *s) {
  int era = clock_days[day][1], actor = drives[drive][0], rival = drives[drive][3];
  int client = drives[drive][4], fact = drives[drive][5];
  double weight = drive_numbers[era][drive][0], constant = drive_numbers[era][drive][1];
  double signal = signals[day][drive], standing = client >= 0 ? actor_numbers[era][client][1] : 0.0;
  double strength = rival >= 0 ? s->picture[rival][STRENGTH] : 0.0;
  double *seen = s->picture[actor], factor = weight * standing;
  switch (drives[drive][1]) {
    case 0: return tone == NEUTRAL ? 0.0 : tone == HOSTILE ? weight * signal * strength : -weight * signal;
    case 1: return constant * weight * (1.0 - seen[BACKING]) * seen[PRESSURE];
    case 2: return -weight * signal;
    case 3: return -weight * (1.0 - seen[BACKING]) * (constant + seen[PRESSURE]) * severity;
    case 4: return weight * fmin(1.0, s->commitments[THREATS][actor][target] / constant);
    case 5: return factor > 0.0 ? log(factor) : -INFINITY;
    case 6: return factor > 0.0 ? fmin(0.0, log(factor)) : -INFINITY;
    default: return fact < 0 || s->facts[COUNT][fact] == 0 ? 0.0 : weight > 0.0 ? log(weight) : -INFINITY;
  }
}

static int holds(int action, int row, int day, State *s) {
  const int64_t *asked = requires[action][row];
  double number = numbers[clock_days[day][1]][asked[4]], found;
  int actor = actions[action][0], target = actions[action][1];
  if (asked[3] == 2) return s->facts[RISEN][asked[2]] >= 0 && day - s->facts[RISEN][asked[2]] >= number;
  switch (asked[1]) {
    case 0: found = (double)s->facts[COUNT][asked[2]]; break;
    case 1: found = s->commitments[THREATS][actor][target]; break;
    default: found = s->memory[asked[1] == 2 ? 0 : 1][actor][target];
  }
  return asked[3] == 0 ? found >= number : found <= number;
}

static int available(int action, int day, State *s) {
  int group = -1, met = 1;
  for (int row = 0; row < REQUIRES; row++) {
    int this = requires[action][row][0];
    if (this < 0) break;
    if (this != group) {
      if (!met) return 0;
      group = this, met = 0;
    }
    met = met || holds(action, row, day, s);
  }
  return met;
}

static double base(int channel, int era) {
  return channel_numbers[era][channel][4] * (learns[channel] ? mean_bases[channel] : bases[era][channel]);
}

static double frequency(int action, int era) {
  const double *number = action_numbers[era][action];
  return (number[4] * number[3] + counted[action]) / (number[4] + chances[action]);
}

static double weigh(int action, int day, State *s) {
  if (!available(action, day, s)) return 0.0;
  int era = clock_days[day][1], channel = actions[action][2], target = channels[channel][1], tone = channels[channel][2];
  double on_base = 0.0, on_channel = 0.0, on_momentum = 0.0, total = 0.0, on_action = 0.0;
  for (int k = 0; k < CHANNEL_DRIVES && channel_drives[channel][k] >= 0; k++) {
    int drive = channel_drives[channel][k];
    double value = term(drive, day, target, 0.0, tone, s);
    if (drives[drive][2] == 0) on_base += value;
    else if (drives[drive][2] == 2) on_momentum += value;
    else on_channel += value;
  }
  double intensity = (base(channel, era) * exp(on_base) + answer(channel, era, s)) * exp(on_channel) +
                     campaign(channel, era, s) * exp(on_momentum);
  for (int k = 0; k < CHANNEL_ACTIONS && channel_actions[channel][k] >= 0; k++) {
    int other = channel_actions[channel][k];
    total += available(other, day, s) ? frequency(other, era) : 0.0;
  }
  double share = frequency(action, era) / total;
  for (int k = 0; k < ACTION_DRIVES && action_drives[action][k] >= 0; k++)
    on_action += term(action_drives[action][k], day, actions[action][1], action_numbers[era][action][2], tone, s);
  return share * intensity * exp(on_action);
}

/* how acts land */

static void feel(int action, int feeler, double share, int era, uint64_t day_luck, State *s) {
  int doer = actions[action][0];
  double sd = rulebook[era][5], bias = rulebook[era][6], perceived = 1.0;
  if (sd != 0.0 || bias != 0.0)
    perceived = exp(bias + sd * normal(day_luck, action_address[action], actor_address[feeler]) - 0.5 * sd * sd);
  share *= perceived;
  double friendly = share * action_numbers[era][action][1];
  s->landing[0][feeler][doer] += share * action_numbers[era][action][0];
  s->landing[1][feeler][doer] += friendly;
  s->landing[2][feeler][doer] += rulebook[era][1] * friendly;
}

static void land(Room *room, int count, int day, uint64_t day_luck) {
  State *s = &room->state;
  int era = clock_days[day][1];
  memset(s->landing, 0, sizeof s->landing);
  for (int k = 0; k < count; k++) {
    int action = room->today[k], doer = actions[action][0], target = actions[action][1], role = actions[action][3];
    feel(action, target, 1.0, era, day_luck, s);
    for (int i = 0; i < SYMPATHIES; i++)
      if (sympathies[i][1] == target && sympathies[i][2] == doer)
        feel(action, sympathies[i][0], numbers[era][sympathies[i][3]], era, day_luck, s);
    if (role == 1) s->commitments[THREATS][doer][target] += rulebook[era][2];
    else if (role == 2) s->commitments[THREATS][doer][target] += rulebook[era][3];
    else if (role == 4) s->commitments[SUPPORT][doer][target] += action_numbers[era][action][1];
    for (int i = 0; i < ADDITIONS && additions[action][i][0] >= 0; i++) {
      const int64_t *added = additions[action][i];
      double amount = numbers[era][added[3]];
      if (added[0] <= 1) s->landing[added[0]][added[1]][added[2]] += amount;
      else s->commitments[added[0] == 3 ? SUPPORT : THREATS][added[1]][added[2]] += amount;
    }
    for (int i = 0; i < FACT_CHANGES && fact_changes[action][i][0] >= 0; i++)
      if (fact_changes[action][i][1] > 0) {
        s->facts[COUNT][fact_changes[action][i][0]] += fact_changes[action][i][1];
        s->facts[RISEN][fact_changes[action][i][0]] = day;
      }
    s->momentum[actions[action][2]] += action_numbers[era][action][0] + action_numbers[era][action][1];
  }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      for (int tone = 0; tone < 2; tone++) {
        double marks = s->landing[tone][i][j];
        s->memory[tone][i][j] += marks;
        if (marks > 0.0) s->latest[tone][i][j] = marks;
      }
      s->memory[0][i][j] = fmax(0.0, s->memory[0][i][j] - s->landing[2][i][j]);
    }
  for (int k = 0; k < count; k++) {
    int action = room->today[k];
    for (int i = 0; i < FACT_CHANGES && fact_changes[action][i][0] >= 0; i++)
      if (fact_changes[action][i][1] < 0) {
        int64_t *now = &s->facts[COUNT][fact_changes[action][i][0]], left = *now + fact_changes[action][i][1];
        *now = left > 0 ? left : 0;
      }
    for (int i = 0; i < LOWERS_FIRST && lowers_first[action][i] >= 0; i++)
      if (s->facts[COUNT][lowers_first[action][i]] > 0) {
        s->facts[COUNT][lowers_first[action][i]]--;
        break;
      }
  }
  for (int k = 0; k < count; k++) {
    int action = room->today[k];
    if (actions[action][3] == 3) s->commitments[THREATS][actions[action][0]][actions[action][1]] *= rulebook[era][4];
  }
  for (int channel = 0; channel < C; channel++)
    s->largest[channel] = fmax(s->largest[channel], remembered(channel, era, s->memory));
}

/* one run */

static void raise_ceilings(int channel, int day, Room *room) {
  int now = limit_window[day], era = clock_days[day][1];
  double intensity = limit_base[now][channel] * base(channel, era) +
                     limit_answer[now][channel] * answer(channel, era, &room->state) +
                     limit_campaign[now][channel] * campaign(channel, era, &room->state);
  for (int k = 0; k < CHANNEL_ACTIONS && channel_actions[channel][k] >= 0; k++) {
    int action = channel_actions[channel][k];
    double ceiling = limit_action[now][action] * intensity;
    room->below[action] = (int64_t)ceil((ceiling < 1.0 ? ceiling : 1.0) * 0x1p53);
  }
}

static int64_t draw_luck(uint64_t day_luck, Room *room) {
  int64_t count = 0;
  for (int action = 0; action < A; action++) {
    room->drawn[action] = (int64_t)(stir(day_luck, action_address[action]) >> 11);
    count -= (room->drawn[action] - room->below[action]) >> 63;
  }
  return count;
}

static int decide(int day, Room *room) {
  int count = 0, era = clock_days[day][1], looked_around = 0, looked_to = -1;
  for (int action = 0; action < A; action++) {
    int order = limit_is_ordered[day] ? schedule[day][action] : 0, actor = actions[action][0];
    if (order == 1) room->today[count++] = action;
    if (order || room->drawn[action] >= room->below[action]) continue;
    if (!looked_around) look_around(era, &room->state), looked_around = 1;
    if (looked_to != actor) update_backing_and_pressure(actor, era, &room->state), looked_to = actor;
    double hazard = weigh(action, day, &room->state), drawn = (double)room->drawn[action] * 0x1p-53;
    if (drawn < hazard && drawn < -expm1(-hazard)) room->today[count++] = action;
  }
  return count;
}

static int play(uint64_t seed, uint64_t run, Room *room) {
  State *s = &room->state;
  memset(s, 0, sizeof *s);
  for (int fact = 0; fact < F; fact++) {
    s->facts[COUNT][fact] = at_start[fact];
    s->facts[RISEN][fact] = at_start[fact] > 0 ? 0 : -1;
  }
  uint64_t act_luck = run_hash(seed, run, 1), error_luck = run_hash(seed, run, 2);
  int total = 0;
  for (int day = 0; day < D; day++) {
    int era = clock_days[day][1], count = 0;
    if (!day || limit_window[day] != limit_window[day - 1])
      for (int channel = 0; channel < C; channel++) raise_ceilings(channel, day, room);
    if (draw_luck(stir(act_luck, clock_days[day][0]), room) || limit_is_ordered[day]) count = decide(day, room);
    double *fading = (double *)s;
    for (int k = 0; k < 6 * N * N + C; k++) fading[k] *= keeps[era][k];
    if (count) {
      land(room, count, day, stir(error_luck, clock_days[day][0]));
      for (int k = 0; k < count; k++)
        for (int i = 0; i < STALE && limit_stale[room->today[k]][i] >= 0; i++)
          raise_ceilings(limit_stale[room->today[k]][i], day, room);
    }
    for (int k = 0; k < count; k++) room->days[total] = day, room->codes[total++] = room->today[k];
    for (int pair = 0; pair < Q; pair++) {
      int one = pairs[pair][0], other = pairs[pair][1];
      room->tension[day][pair] = s->memory[0][one][other] + s->memory[0][other][one];
    }
  }
  return total;
}

/* many runs */

typedef struct {
  uint64_t seed, first, last, hash;
  int64_t total, acts[D][A];
  Room room;
} Part;

static void *play_part(void *given) {
  Part *part = given;
  for (uint64_t run = part->first; run < part->last; run++) {
    int total = play(part->seed, run, &part->room);
    for (int k = 0; k < total; k++) {
      part->acts[part->room.days[k]][part->room.codes[k]]++;
      part->hash += stir(stir(stir(0, run), part->room.days[k]), part->room.codes[k]);
    }
    part->total += total;
  }
  return NULL;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  uint64_t seed = strtoull(words[1], NULL, 10), runs = strtoull(words[2], NULL, 10), hash = 0;
  int threads = atoi(words[3]);
  Part *parts = calloc(threads, sizeof *parts);
  pthread_t at_work[64];
  struct timespec start, end;
  int64_t total = 0;
  if (!parts || threads < 1 || threads > 64) return 2;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < threads; i++) {
    parts[i].seed = seed, parts[i].first = runs * i / threads, parts[i].last = runs * (i + 1) / threads;
    if (pthread_create(&at_work[i], NULL, play_part, &parts[i])) return 2;
  }
  for (int i = 0; i < threads; i++) {
    pthread_join(at_work[i], NULL);
    total += parts[i].total, hash += parts[i].hash;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f %lld %llu\n", (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec),
         (long long)total, (unsigned long long)hash);
  return 0;
}
