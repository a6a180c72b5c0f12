export interface CrashLog {
  readonly title: string
  readonly log: string
  /** The line that says why. */
  readonly line: string
}

/** What runtimes write when a program dies, as they wrote it; paths and names are made up. */
export const crashLogs: readonly CrashLog[] = [
  {
    title: 'Node, of an event nobody handles',
    log: `node:events:505
    throw er; // Unhandled 'error' event
    ^

Error: connect ECONNREFUSED 127.0.0.1:1
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:2083:16)
Emitted 'error' event on Socket instance at:
    at emitErrorNT (node:internal/streams/destroy:170:8)
    at emitErrorCloseNT (node:internal/streams/destroy:129:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:90:21) {
  errno: -111,
  code: 'ECONNREFUSED',
  syscall: 'connect',
  address: '127.0.0.1',
  port: 1
}

Node.js v26.10.0
`,
    line: `Error: connect ECONNREFUSED 127.0.0.1:1`,
  },
  {
    title: 'Node, of what a module throws',
    log: `/app/b.js:1
if (!process.env.PORT) throw new Error('PORT is not set')
                         ^

Error: PORT is not set
    at Object.<anonymous> (/app/b.js:1:32)
    at Module._compile (node:internal/modules/cjs/loader:1956:14)
    at Object..js (node:internal/modules/cjs/loader:2096:10)
    at Module.load (node:internal/modules/cjs/loader:1678:32)
    at Module._load (node:internal/modules/cjs/loader:1470:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)
    at Module.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:33:47

Node.js v26.10.0
`,
    line: `Error: PORT is not set`,
  },
  {
    title: 'Node, of several errors in one',
    log: `/app/c.js:1
Promise.reject(Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')]), {code:'ECONNREFUSED'}))
                             ^

AggregateError
    at Object.<anonymous> (/app/c.js:1:30)
    at Module._compile (node:internal/modules/cjs/loader:1956:14)
    at Object..js (node:internal/modules/cjs/loader:2096:10)
    at Module.load (node:internal/modules/cjs/loader:1678:32)
    at Module._load (node:internal/modules/cjs/loader:1470:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)
    at Module.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:33:47 {
  code: 'ECONNREFUSED',
  [errors]: [
    Error: connect ECONNREFUSED ::1:5432
        at Object.<anonymous> (/app/c.js:1:50)
        at Module._compile (node:internal/modules/cjs/loader:1956:14)
        at Object..js (node:internal/modules/cjs/loader:2096:10)
        at Module.load (node:internal/modules/cjs/loader:1678:32)
        at Module._load (node:internal/modules/cjs/loader:1470:12)
        at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)
        at Module.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
        at node:internal/main/run_main_module:33:47,
    Error: connect ECONNREFUSED 127.0.0.1:5432
        at Object.<anonymous> (/app/c.js:1:94)
        at Module._compile (node:internal/modules/cjs/loader:1956:14)
        at Object..js (node:internal/modules/cjs/loader:2096:10)
        at Module.load (node:internal/modules/cjs/loader:1678:32)
        at Module._load (node:internal/modules/cjs/loader:1470:12)
        at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)
        at Module.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
        at node:internal/main/run_main_module:33:47
  ]
}

Node.js v26.10.0
`,
    line: `Error: connect ECONNREFUSED 127.0.0.1:5432`,
  },
  {
    title: 'npm, around that of Node',
    log: `/app/b.js:1
if (!process.env.PORT) throw new Error('PORT is not set')
                         ^

Error: PORT is not set
    at Object.<anonymous> (/app/b.js:1:32)
    at Module._compile (node:internal/modules/cjs/loader:1956:14)
    at Object..js (node:internal/modules/cjs/loader:2096:10)
    at Module.load (node:internal/modules/cjs/loader:1678:32)
    at Module._load (node:internal/modules/cjs/loader:1470:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)
    at Module.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:33:47

Node.js v26.10.0
npm error Lifecycle script \`start\` failed with error:
npm error code 1
npm error path /app
npm error workspace web@1.0.0
`,
    line: `Error: PORT is not set`,
  },
  {
    title: 'Python, of an error with a cause',
    log: `Traceback (most recent call last):
  File "/app/a.py", line 4, in load
    return os.environ['DB_URL']
           ~~~~~~~~~~^^^^^^^^^^
  File "<frozen os>", line 679, in __getitem__
KeyError: 'DB_URL'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/a.py", line 7, in <module>
    load()
  File "/app/a.py", line 6, in load
    raise RuntimeError('cannot load the configuration: DB_URL is missing') from error
RuntimeError: cannot load the configuration: DB_URL is missing
`,
    line: `RuntimeError: cannot load the configuration: DB_URL is missing`,
  },
  {
    title: 'Python, of an error without words',
    log: `Traceback (most recent call last):
  File "/app/b.py", line 1, in <module>
    assert False
AssertionError
`,
    line: `AssertionError`,
  },
  {
    title: 'gunicorn, around that of Python',
    log: `[2026-03-01 12:00:00 +0000] [7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/usr/local/lib/python3.13/site-packages/gunicorn/arbiter.py", line 608, in spawn_worker
    worker.init_process()
  File "/app/web.py", line 1, in <module>
    import flask_login
ModuleNotFoundError: No module named 'flask_login'
[2026-03-01 12:00:00 +0000] [7] [INFO] Worker exiting (pid: 7)
[2026-03-01 12:00:01 +0000] [1] [ERROR] Worker (pid:7) exited with code 3
[2026-03-01 12:00:01 +0000] [1] [ERROR] Shutting down: Master
[2026-03-01 12:00:01 +0000] [1] [ERROR] Reason: Worker failed to boot.
`,
    line: `ModuleNotFoundError: No module named 'flask_login'`,
  },
  {
    title: 'Java, with a handler of errors on its stack',
    log: `Exception in thread "main" java.lang.IllegalStateException: cannot start the server
	at Main$ErrorHandler.run(Main.java:2)
	at Main.main(Main.java:3)
Caused by: java.lang.IllegalArgumentException: DB_URL is not set
	at Main.lambda$main$0(Main.java:3)
	at Main$ErrorHandler.run(Main.java:2)
	at Main.main(Main.java:3)
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke(NativeMethodAccessorImpl.java:77)
	at java.base/jdk.internal.reflect.DelegatingMethodAccessorImpl.invoke(DelegatingMethodAccessorImpl.java:43)
	at java.base/java.lang.reflect.Method.invoke(Method.java:569)
	at jdk.compiler/com.sun.tools.javac.launcher.Main.execute(Main.java:419)
	at jdk.compiler/com.sun.tools.javac.launcher.Main.run(Main.java:192)
	at jdk.compiler/com.sun.tools.javac.launcher.Main.main(Main.java:132)
`,
    line: `Caused by: java.lang.IllegalArgumentException: DB_URL is not set`,
  },
  {
    title: 'Spring Boot',
    log: `2026-03-01T12:00:00.000Z ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed

org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'dataSource'
	at org.springframework.beans.factory.support.ConstructorResolver.instantiate(ConstructorResolver.java:657) ~[spring-beans-6.1.jar!/:6.1]
	... 19 common frames omitted
Caused by: java.net.UnknownHostException: db.shop.svc
	at java.base/java.net.InetAddress.getAllByName(InetAddress.java:1525) ~[na:na]
	... 21 common frames omitted
`,
    line: `Caused by: java.net.UnknownHostException: db.shop.svc`,
  },
  {
    title: 'Go, with all goroutines',
    log: `panic: cannot load config: open /etc/app.yaml: no such file or directory

goroutine 1 [running]:
main.failFast({0x4d1888?, 0x3476585d4080?})
	/app/main.go:3 +0x66
main.main()
	/app/main.go:4 +0x47

goroutine 7 [runnable]:
main.main.func1()
	/app/main.go:4
created by main.main in goroutine 1
	/app/main.go:4 +0x1a
exit status 2
`,
    line: `panic: cannot load config: open /etc/app.yaml: no such file or directory`,
  },
  {
    title: 'Go, of a signal',
    log: `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47a750]

goroutine 1 [running]:
main.main()
	/app/n.go:3 +0x10
exit status 2
`,
    line: `panic: runtime error: invalid memory address or nil pointer dereference`,
  },
  {
    title: 'Ruby',
    log: `/app/main.rb:3:in 'Hash#fetch': key not found: "DB_URL" (KeyError)

  url = ENV.fetch("DB_URL")
           ^^^^^^
	from /app/main.rb:3:in 'Config.load_or_fail'
	from /app/main.rb:7:in '<main>'
`,
    line: `/app/main.rb:3:in 'Hash#fetch': key not found: "DB_URL" (KeyError)`,
  },
  {
    title: 'Ruby before 3.4',
    log: `/usr/local/lib/ruby/3.3.0/socket.rb:1179:in \`initialize': Connection refused - connect(2) for "db" port 5432 (Errno::ECONNREFUSED)
	from /usr/local/lib/ruby/3.3.0/socket.rb:1179:in \`new'
	from /app/main.rb:4:in \`<main>'
`,
    line: `/usr/local/lib/ruby/3.3.0/socket.rb:1179:in \`initialize': Connection refused - connect(2) for "db" port 5432 (Errno::ECONNREFUSED)`,
  },
  {
    title: '.NET',
    log: `Unhandled exception. System.InvalidOperationException: The configuration is incomplete: Orders:Url is not set
   at Acme.Orders.ErrorHandler.Run(IConfiguration configuration) in /src/Program.cs:line 12
   at Program.<Main>$(String[] args) in /src/Program.cs:line 5
`,
    line: `Unhandled exception. System.InvalidOperationException: The configuration is incomplete: Orders:Url is not set`,
  },
  {
    title: '.NET, with an exception inside',
    log: `Unhandled exception. System.Net.Http.HttpRequestException: Connection refused (db:5432)
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)
   --- End of inner exception stack trace ---
   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port)
   at Program.<Main>$(String[] args) in /src/Program.cs:line 5
`,
    line: `---> System.Net.Sockets.SocketException (111): Connection refused`,
  },
  {
    title: 'Rust, of a panic',
    log: `
thread 'main' (19793) panicked at r.rs:1:49:
DB_URL must be set: NotPresent
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs:80:14
   2: core::result::unwrap_failed
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/result.rs:1867:5
   3: core::result::Result<T,E>::expect
   4: r::main
   5: core::ops::function::FnOnce::call_once
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.
`,
    line: `thread 'main' (19793) panicked at r.rs:1:49: DB_URL must be set: NotPresent`,
  },
  {
    title: 'Rust, of an error that main gives',
    log: `Error: Os { code: 2, kind: NotFound, message: "No such file or directory" }
`,
    line: `Error: Os { code: 2, kind: NotFound, message: "No such file or directory" }`,
  },
  {
    title: 'PostgreSQL',
    log: `2026-03-01 12:00:00.000 UTC [1] LOG:  starting PostgreSQL 17.2
2026-03-01 12:00:00.010 UTC [1] FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership
2026-03-01 12:00:00.010 UTC [1] HINT:  The server must be started by the user that owns the data directory.
`,
    line: `2026-03-01 12:00:00.010 UTC [1] FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership`,
  },
]
