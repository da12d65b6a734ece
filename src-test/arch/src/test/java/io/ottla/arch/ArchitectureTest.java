package io.ottla.arch;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the house of docs/architecture.md: which module may know which, and where clocks, files and sockets live. */
class ArchitectureTest {
    private static final String CLOCK_ADVICE =
            "time comes from an injected java.time.Clock or Netty Ticker, waiting from an EventExecutor's schedule";

    private static JavaClasses classes;

    @BeforeAll
    static void importTheBroker() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.ottla");
        assertThat(classes).hasSizeGreaterThan(200);
    }

    @Test
    void modulesDependOnlyAlongTheirArrows() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("protocol")
                .definedBy("io.ottla.protocol..")
                .layer("storage")
                .definedBy("io.ottla.storage..")
                .layer("replication")
                .definedBy("io.ottla.replication..")
                .layer("controller")
                .definedBy("io.ottla.controller..")
                .layer("broker")
                .definedBy("io.ottla.broker..")
                .whereLayer("broker")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("controller")
                .mayOnlyBeAccessedByLayers("broker")
                .whereLayer("replication")
                .mayOnlyBeAccessedByLayers("broker")
                .whereLayer("storage")
                .mayOnlyBeAccessedByLayers("replication", "broker")
                .check(classes);
    }

    @Test
    void packagesFormNoCycles() {
        for (String module : new String[] {"storage", "replication", "controller", "broker"}) {
            slices().matching("io.ottla." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    /** What else needs to see a log may read it, append to it and cut it, but not open it or take its files away. */
    @Test
    void onlyTheStoreBeginsAndEndsTheUseOfALog() {
        methods()
                .that()
                .areDeclaredIn("io.ottla.storage.log.PartitionLog")
                .and()
                .haveNameMatching("of|adoptTopicId|abandon|directoryRenamed|directoryMoved|closeFiles")
                .should()
                .onlyBeCalled()
                .byClassesThat()
                .resideInAPackage("io.ottla.storage.store..")
                .because("a log is in the store's maps, or its files are nobody's")
                .check(classes);
    }

    @Test
    void zooKeeperIsKnownOnlyToItsAdapter() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ottla.controller.zk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.zookeeper..", "org.apache.jute..")
                .because("ZooKeeperSession is the port to the ensemble")
                .check(classes);
    }

    @Test
    void socketsAreKnownOnlyToTheNetworkPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ottla.broker.network..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty.channel..",
                        "io.netty.bootstrap..",
                        "java.net.Socket",
                        "java.nio.channels.SocketChannel")
                .because("the network package is the only one that speaks to sockets")
                .check(classes);
    }

    @Test
    void clocksAndSleepsStayInTheAdapters() {
        noClasses()
                .that(areNotAdapters())
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callConstructor(java.util.Random.class)
                .because(CLOCK_ADVICE)
                .check(classes);
    }

    @Test
    void filesAreOpenedOnlyThroughTheLogDirectory() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.ottla.storage..", "io.ottla.replication..", "io.ottla.controller..", "io.ottla.broker..")
                .and(areNotAdapters())
                .and()
                .resideOutsideOfPackages("io.ottla.storage.file..", "io.ottla.broker.config..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .because("storage.file.LogDirectory is the port to the disk")
                .check(classes);
    }

    @Test
    void noClassHoldsStateInStaticFields() {
        fields().that(areStaticAndWrittenByHand())
                .should()
                .haveModifier(FINAL)
                .because("state has an owner; a static field has none")
                .check(classes);
    }

    /** Where a broker meets the real world: the process' entry points and what they wire. */
    private static DescribedPredicate<JavaClass> areNotAdapters() {
        return DescribedPredicate.<JavaClass>alwaysTrue()
                .and(DescribedPredicate.describe(
                        "are not adapters to the real world",
                        type -> !type.getPackageName().startsWith("io.ottla.broker.bootstrap")
                                && !type.getPackageName().startsWith("io.ottla.broker.cli")
                                && !type.getPackageName().startsWith("io.ottla.protocol.generator")
                                && !type.getPackageName().startsWith("io.ottla.controller.zk")));
    }

    private static DescribedPredicate<JavaField> areStaticAndWrittenByHand() {
        return DescribedPredicate.<JavaField>describe(
                        "are static and written by hand",
                        field -> field.getModifiers().contains(STATIC)
                                && !field.getName().startsWith("$"))
                .and(alwaysTrue());
    }
}
