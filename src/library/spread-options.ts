/** What `soak()` takes to give its load to workers: the names, values and words of options/spread-options.ts. */
export interface SpreadOptions {
  /**
   * Redis whose sse-probe workers, on any number of machines, take the load; `redis-env` is safer for a URL with a
   * password.
   * @defaultValue none
   */
  redis?: string | undefined;

  /**
   * Environment variable with the URL of the Redis.
   * @defaultValue none
   */
  'redis-env'?: string | undefined;

  /**
   * Number of load processes of the workers. A whole number from `1` to `10000`.
   * @defaultValue one for each worker, and more for more than 18,000 clients each
   */
  shards?: number | string | undefined;

  /**
   * Time to wait for workers that are missing or have another soak; 0s: do not wait. A duration from `0s` to `1d`.
   * @defaultValue `'30s'`
   */
  'wait-for-workers'?: string | undefined;
}
