begin;
select plan(1);

select is(
  public.workflow_check('{
    "name": "w", "trigger": "t", "phase": "soon", "if_past": "run_if_within", "timezone": null,
    "actions": [{"action_type": "log", "run_if": "sometimes", "backoff_factor": 11}]
  }') -> 'errors',
  '[
    {"pointer": "/phase", "fault": "\"soon\" is none of before, now, after"},
    {"pointer": "/timezone", "fault": "A value is needed"},
    {"pointer": "/if_past", "fault": "Run if within names its minutes"},
    {"pointer": "/actions/0/run_if", "fault": "\"sometimes\" is none of success, failure, always"},
    {"pointer": "/actions/0/backoff_factor", "fault": "11 is refused: backoff factor is between 1 and 10"}
  ]',
  'in words, whatever constraint it is that refuses a value'
);

select * from finish();
rollback;
