ANALYSIS_SRC := analysis/account.c \
  analysis/account_costs.c \
  analysis/advice.c \
  analysis/gate.c \
  analysis/interval.c \
  analysis/knee.c \
  analysis/knee_causes.c \
  analysis/linear.c \
  analysis/minimise.c \
  analysis/models.c \
  analysis/models_choice.c \
  analysis/models_law.c \
  analysis/models_predict.c \
  analysis/models_problem.c \
  analysis/pop.c \
  analysis/predict.c \
  analysis/resample.c \
  analysis/scaling.c \
  analysis/scaling_bootstrap.c \
  analysis/simulate.c \
  analysis/size_diagnostics.c \
  analysis/size_regression.c \
  analysis/stats.c \
  analysis/strd.c \
  analysis/strd_data.c
