package io.ottla.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.ottla.arch.fixture.ReachesTheWorld;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Holds what makes a cluster simulable: storage, replication, controller and coordinators reach time, timers, threads,
 * chance, disk, other brokers and ZooKeeper only through their ports. Method: no access to anything of the JDK or of Netty
 * that goes past a port; a fixture that does so everywhere proves that the rule sees it.
 */
class PortsTest {
    private static final String ADVICE =
            "time comes from an injected Clock or Ticker, timers and threads from an EventExecutor, chance from an injected"
                    + " Random, files from LogDirectory, other brokers through PeerChannel, ZooKeeper through ZooKeeperSession";

    private static final String[] SIMULATED = {
        "io.ottla.storage", "io.ottla.replication", "io.ottla.controller", "io.ottla.broker.coordinator"
    };

    /** The adapters behind the ports. */
    private static final String[] ADAPTERS = {"io.ottla.storage.file..", "io.ottla.controller.zk.."};

    /** Types that nothing simulated may know. */
    private static final Set<String> FOREIGN_TYPES = Set.of(
            "java.io.File",
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.FileReader",
            "java.io.FileWriter",
            "java.io.RandomAccessFile",
            "java.nio.file.Files",
            "java.nio.file.FileSystems",
            "java.net.Socket",
            "java.net.ServerSocket",
            "java.net.DatagramSocket",
            "java.net.URLConnection",
            "java.net.http.HttpClient",
            "java.nio.channels.SocketChannel",
            "java.nio.channels.ServerSocketChannel",
            "java.nio.channels.Selector",
            "java.security.SecureRandom",
            "java.util.SplittableRandom",
            "java.util.Timer",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadLocalRandom",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.CountDownLatch",
            "java.util.concurrent.locks.LockSupport",
            "io.netty.util.HashedWheelTimer",
            "io.netty.util.concurrent.DefaultEventExecutor",
            "io.netty.util.concurrent.DefaultEventExecutorGroup",
            "io.netty.util.concurrent.GlobalEventExecutor");

    /** Members that go past a port, by type; "method()" is the one without parameters, "method" any of the name. */
    private static final Map<String, Set<String>> FOREIGN_MEMBERS = Map.ofEntries(
            Map.entry("java.lang.System", Set.of("currentTimeMillis", "nanoTime", "getenv")),
            Map.entry("java.lang.Thread", Set.of("<init>", "sleep", "start", "yield", "onSpinWait")),
            Map.entry("java.lang.Object", Set.of("wait")),
            Map.entry("java.lang.Math", Set.of("random")),
            Map.entry("java.lang.Runtime", Set.of("exec", "addShutdownHook")),
            Map.entry(
                    "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds")),
            Map.entry("java.time.Instant", Set.of("now()")),
            Map.entry("java.time.LocalDateTime", Set.of("now()")),
            Map.entry("java.time.ZonedDateTime", Set.of("now()")),
            Map.entry("java.util.Random", Set.of("<init>()")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("io.ottla.protocol.schema.Base64Uuid", Set.of("random()")),
            Map.entry("io.netty.util.concurrent.Ticker", Set.of("systemTicker")),
            Map.entry(
                    "java.util.concurrent.CompletableFuture",
                    Set.of("orTimeout", "completeOnTimeout", "delayedExecutor")));

    @Test
    void whatIsSimulatedReachesTheWorldOnlyThroughItsPorts() {
        classes()
                .that()
                .resideOutsideOfPackages(ADAPTERS)
                .should(useNothingForeign())
                .because(ADVICE)
                .check(importWithoutTheirDependencies(
                        new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)));
    }

    @Test
    void theRuleSeesEveryWayPastAPort() {
        JavaClasses planted = new ClassFileImporter().importClasses(ReachesTheWorld.class);
        EvaluationResult result = classes().should(useNothingForeign()).evaluate(planted);
        List<String> found = result.getFailureReport().getDetails();
        for (String way : ReachesTheWorld.WAYS) {
            assertThat(found).as(way).anySatisfy(detail -> assertThat(detail).contains("." + way + "("));
        }
        assertThat(found).noneSatisfy(detail -> assertThat(detail).contains(".allowed("));
    }

    /** The names of what classes use are enough, and much quicker to come by than those classes. */
    private static JavaClasses importWithoutTheirDependencies(ClassFileImporter importer) {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        try {
            JavaClasses imported = importer.importPackages(SIMULATED);
            assertThat(imported).hasSizeGreaterThan(150);
            return imported;
        } finally {
            ArchConfiguration.get().reset();
        }
    }

    private static ArchCondition<JavaClass> useNothingForeign() {
        return new ArchCondition<>("use nothing that goes past a port") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> FOREIGN_TYPES.contains(dependency
                                .getTargetClass()
                                .getBaseComponentType()
                                .getName()))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
                type.getAccessesFromSelf().stream()
                        .filter(PortsTest::isForeign)
                        .forEach(access -> events.add(SimpleConditionEvent.violated(access, access.getDescription())));
            }
        };
    }

    private static boolean isForeign(JavaAccess<?> access) {
        Set<String> members =
                FOREIGN_MEMBERS.getOrDefault(access.getTargetOwner().getName(), Set.of());
        boolean bare = access.getTarget().getFullName().endsWith("()");
        return members.contains(access.getName()) || (bare && members.contains(access.getName() + "()"));
    }
}
