package io.github.gracefulboot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWarDeployment;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules that the packages keep.
 */
class ArchitectureTests {

	private static final String PACKAGE = "io.github.gracefulboot";

	private static final String ROOT = PACKAGE + ".";

	private static final String[] CORE = { PACKAGE, ROOT + "shutdown..", ROOT + "startup..", ROOT + "traffic.." };

	/**
	 * Sockets and calls of the operating system are shared by concerns of all kinds.
	 */
	private static final String[] SHARED = { ROOT + "socket..", ROOT + "posix.." };

	/**
	 * What applications code against: adding to it is a decision.
	 */
	private static final Class<?>[] API = { ActiveTask.class, Announcer.class, Deadline.class, DrainParticipant.class,
			GracefulShutdown.class, LastEvent.class, LoadBalancer.class, Outcome.class, ReloadNotifier.class,
			Stage.class, StageChangedEvent.class, StartupCheck.class, StopReason.class, StreamFarewell.class,
			Supervisor.class, WarmUp.class };

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(PACKAGE);

	@Test
	void theApiIsTheRootPackage() {
		assertThat(CLASSES.stream()
			.filter((type) -> type.getPackageName().equals(PACKAGE) && type.isTopLevelClass())
			.map(JavaClass::getName)
			.filter((name) -> !name.endsWith("package-info")))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(API).map(Class::getName).toList());
	}

	@Test
	void theApiImportsNothingOfTheInside() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(PACKAGE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ROOT + "(*)..")
			.because("what applications code against must not change with what is inside")
			.check(CLASSES);
	}

	@Test
	void whatIsInsideSaysSo() throws IOException {
		Path sources = Path.of("src", "main", "java", PACKAGE.replace('.', '/'));
		try (Stream<Path> files = Files.walk(sources)) {
			assertThat(files.filter((file) -> file.endsWith("package-info.java"))
				.filter((file) -> !file.getParent().equals(sources)))
				.allSatisfy((file) -> assertThat(file).content()
					.containsPattern("Internal,[\\s*]+and[\\s*]+subject[\\s*]+to[\\s*]+change"));
		}
	}

	@Test
	void usersAreToldOfTheApiOnly() throws IOException {
		Path root = Path.of("..").toRealPath();
		try (Stream<Path> pages = Stream.concat(Stream.of(root.resolve("README.md")),
				Files.list(root.resolve("docs")).filter((page) -> page.toString().endsWith(".md")))) {
			assertThat(pages).allSatisfy((page) -> assertThat(page).content()
				.doesNotContainPattern(
						"(?<!logging\\.level\\.|loader\\.main=)io\\.github\\.gracefulboot\\.(?!sample\\.|test\\b)[a-z]"));
		}
	}

	@Test
	void theCoreImportsNoConcern() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage(PACKAGE + "..")
				.and(JavaClass.Predicates.resideOutsideOfPackages(CORE)))
			.because("concerns plug into the core and can be left out of it")
			.check(CLASSES);
	}

	@Test
	void trafficDecidesNothing() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + "traffic..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ROOT + "shutdown..")
			.because("what was observed must not depend on what is decided from it")
			.check(CLASSES);
	}

	@Test
	void concernsDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "(*)..")
			.should()
			.notDependOnEachOther()
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(PACKAGE + ".."),
					JavaClass.Predicates.resideInAnyPackage(CORE))
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(PACKAGE + ".."),
					JavaClass.Predicates.resideInAnyPackage(SHARED))
			.because("deleting one folder removes one feature")
			.check(CLASSES);
	}

	@Test
	void serversDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "web.(*)..")
			.should()
			.notDependOnEachOther()
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(ROOT + "web.."),
					JavaClass.Predicates.resideInAPackage(ROOT + "web.stream.."))
			.because("an application has one server")
			.check(CLASSES);
	}

	@Test
	void supervisorsDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "supervisor.(*)..")
			.should()
			.notDependOnEachOther()
			.because("deleting one folder removes one supervisor")
			.check(CLASSES);
	}

	@Test
	void supervisorsAreNotKnownToThoseWhoTellThem() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + "supervisor")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(ROOT + "supervisor.pm2..", ROOT + "supervisor.systemd..", ROOT + "supervisor.s6..",
					ROOT + "supervisor.file..")
			.because("a user's supervisor is told like ours")
			.check(CLASSES);
	}

	@Test
	void everyPackageIsNullMarked() {
		ArchRuleDefinition.classes().should(new ArchCondition<>("reside in a @NullMarked package") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
				}
			}

		}).because("NullAway checks what is marked").check(CLASSES);
	}

	@Test
	void nobodyAsksBootForWars() {
		ArchRuleDefinition.noClasses()
			.should()
			.dependOnClassesThat()
			.areAssignableTo(ConditionalOnNotWarDeployment.class)
			.because("its condition cannot be evaluated without Spring Web, which an application with gRPC or "
					+ "messaging alone does not have")
			.check(CLASSES);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.because("nobody calls them but Spring")
			.check(CLASSES);
	}

	/**
	 * Spring cannot make a proxy of a final class, and a start would fail at an aspect
	 * that matches an interface such as {@code ApplicationListener}.
	 */
	@Test
	void beansAreOutOfReachOfAspects() {
		List<JavaClass> types = CLASSES.stream()
			.flatMap((type) -> type.getMethods().stream())
			.filter((method) -> method.isAnnotatedWith(Bean.class))
			.map((method) -> method.getRawReturnType())
			.filter((type) -> CLASSES.contain(type.getName()) && !type.isInterface())
			.toList();
		assertThat(types).isNotEmpty().allMatch((type) -> AopInfrastructureBean.class.isAssignableFrom(type.reflect()));
	}

	@Test
	void fieldsDoNotChangeStatically() {
		ArchRuleDefinition.fields()
			.that()
			.areStatic()
			.should()
			.beFinal()
			.because("contexts multiply in tests")
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsAreFinalAndAllOfThemAreImportedInOrder() throws IOException {
		List<JavaClass> autoConfigurations = CLASSES.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.toList();
		assertThat(autoConfigurations).allMatch((type) -> type.getModifiers().contains(JavaModifier.FINAL));
		assertThat(imports(AutoConfiguration.class.getName() + ".imports"))
			.containsExactlyElementsOf(autoConfigurations.stream().map(JavaClass::getName).sorted().toList());
	}

	/**
	 * Each condition on a type looks at every bean that was defined before. When Spring
	 * Boot's conditions looked at our beans too, a start took 3 % more.
	 */
	@Test
	void autoConfigurationsComeAfterThoseOfSpringBoot() {
		assertThat(CLASSES.stream().filter((type) -> type.isAnnotatedWith(AutoConfiguration.class)))
			.allMatch((type) -> type.isAnnotatedWith(AutoConfigureOrder.class)
					&& type.getAnnotationOfType(AutoConfigureOrder.class).value() == Ordered.LOWEST_PRECEDENCE);
	}

	private static List<String> imports(String name) throws IOException {
		return Arrays.asList(new ClassPathResource("META-INF/spring/" + name).getContentAsString(StandardCharsets.UTF_8)
			.strip()
			.split("\n"));
	}

}
