/* The stand-in's model file: magic, ASCII lines to `end`, a program, weights. Anything else in it is an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stand-in.h"

int type_size(int type) { return type == FLOAT32 ? 4 : type == FLOAT16 ? 2 : 1; }

static int read_type(const char *name) {
  if (strcmp(name, "FLOAT32") == 0) return FLOAT32;
  if (strcmp(name, "FLOAT16") == 0) return FLOAT16;
  return strcmp(name, "UINT8") == 0 ? UINT8 : 0;
}

static int read_tensor(char *text, struct tensor *tensor) {
  tensor->dim_count = 0;
  int64_t count = 1;
  for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
    if (word[0] >= '0' && word[0] <= '9') {
      long extent = strtol(word, NULL, 10);
      if (extent < 1 || extent > 1 << 24 || tensor->dim_count == MOST_DIMS) return 0;
      tensor->dims[tensor->dim_count++] = extent;
      count *= extent;
      if (count > 1 << 30) return 0;
    } else {
      tensor->type = read_type(word);
      tensor->bytes = count * type_size(tensor->type);
      return tensor->type != 0 && tensor->dim_count > 0 && strtok(NULL, " ") == NULL;
    }
  }
  return 0;
}

static int read_line(char *line, struct model *model, long *program_bytes, long *weights_bytes) {
  if (sscanf(line, "parallelism %d", &model->parallelism) == 1) return model->parallelism > 0;
  if (strncmp(line, "core-version ", 13) == 0) return 1;
  if (strncmp(line, "input ", 6) == 0)
    return model->input_count < MOST_TENSORS && read_tensor(line + 6, &model->inputs[model->input_count++]);
  if (strncmp(line, "output ", 7) == 0)
    return model->output_count < MOST_TENSORS && read_tensor(line + 7, &model->outputs[model->output_count]) &&
           model->outputs[model->output_count++].type != UINT8;
  if (sscanf(line, "program-bytes %ld", program_bytes) == 1) return *program_bytes >= 0;
  if (sscanf(line, "weights-bytes %ld", weights_bytes) == 1) return *weights_bytes >= 0;
  return sscanf(line, "program %31s", model->program) == 1 &&
         (strcmp(model->program, "ramp") == 0 || strcmp(model->program, "torchscript") == 0);
}

int read_model(const char *path, struct model *model) {
  memset(model, 0, sizeof *model);
  model->coprocess = -1;
  snprintf(model->path, sizeof model->path, "%s", path);
  FILE *file = fopen(path, "rb");
  if (!file) return ERR_NO_EXIST;
  char line[512], magic[4];
  long program_bytes = -1, weights_bytes = -1;
  int good = fread(magic, 1, 4, file) == 4 && memcmp(magic, "\x7fMEF", 4) == 0;
  good = good && fgets(line, sizeof line, file) && strcmp(line, "mlu-parity stand-in 1\n") == 0;
  int ended = 0;
  while (good && !ended && fgets(line, sizeof line, file)) {
    char *newline = strchr(line, '\n');
    if (newline) *newline = 0;
    ended = strcmp(line, "end") == 0;
    good = newline && (ended || read_line(line, model, &program_bytes, &weights_bytes));
  }
  good = good && ended && model->parallelism && model->input_count && model->output_count && model->program[0] &&
         program_bytes >= 0 && weights_bytes >= 0;
  if (good) {
    long begun = ftell(file);
    good = fseek(file, 0, SEEK_END) == 0 && ftell(file) == begun + program_bytes + weights_bytes;
  }
  fclose(file);
  return good ? OK : ERR_INVALID;
}
