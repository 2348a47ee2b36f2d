#!/bin/bash
# Java: CompletableFuture.runAsync() starts a thread for each task on one and two CPUs, and has a pool from three on.
#
# Expected: tasks without an executor of their own run in the common pool, whose size follows the number of CPUs: 40
#   tasks on 2 CPUs go on one or two at a time.
# Seen: the common pool has one thread less than there are CPUs, and where that is not more than 1 it is not used at
#   all: each task gets a new thread, and all 40 go on at once.
#     1 CPU: 40 at a time   2: 40   3: 2   4: 3   8: 7
# Why it matters: the first two points of a scaling curve are another program than the rest. With 1 and 2 CPUs all
#   items are in memory together, and 1,000 pictures are 1,000 threads; from 3 CPUs on there is a bounded pool of n - 1.
#   What fits into the memory of the large machine fails on the small one.
# Packages: Debian 12 openjdk-17-jre-headless 17.0.19+10-1~deb12u2 (other libraries of an installed Java); the compiler
#   is libeclipse-jdt-core-java 3.32.0+eclipse4.26-2.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root openjdk-17-jre-headless=17.0.19+10-1~deb12u2 \
    libeclipse-jdt-core-java=3.32.0+eclipse4.26-2
for package in *.deb; do
    dpkg -x "$package" root
done
find root -type l -lname '/etc/*' | while read -r link; do # its configuration, where Java is not installed
    ln -sf "$work/root$(readlink "$link")" "$link"
done
java=root/usr/lib/jvm/java-17-openjdk-amd64/bin/java

cat > Tasks.java <<'JAVA'
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

public class Tasks {
    static volatile boolean inPool;

    /** Tasks that wait for the end. Prints how many of them went on at a time. */
    public static void main(String[] words) throws InterruptedException {
        int tasks = 40;
        CountDownLatch toBegin = new CountDownLatch(tasks), end = new CountDownLatch(1);

        for (int i = 0; i < tasks; i++)
            CompletableFuture.runAsync(() -> {
                inPool = Thread.currentThread() instanceof ForkJoinWorkerThread;
                toBegin.countDown();
                try {
                    end.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
        while (tasks - toBegin.getCount() < ForkJoinPool.getCommonPoolParallelism())
            Thread.sleep(10);
        toBegin.await(inPool ? 1 : 60, TimeUnit.SECONDS); // a pool with all threads at work begins no more
        System.out.println(tasks - toBegin.getCount());
        System.exit(0);
    }
}
JAVA
"$java" -cp root/usr/share/java/eclipse-jdt-core-3.32.0.jar org.eclipse.jdt.internal.compiler.batch.Main -17 \
    -proc:none -cp . -d . Tasks.java
said=
for cpus in 1 2 3 4 8; do
    at_a_time=$("$java" -XX:ActiveProcessorCount=$cpus -cp . Tasks)
    echo "$cpus CPUs: $at_a_time of 40 tasks at a time"
    said+=" $at_a_time"
done
[ "$said" = " 40 40 2 3 7" ]
