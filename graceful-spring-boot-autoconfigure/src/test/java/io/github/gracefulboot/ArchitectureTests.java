package io.github.gracefulboot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

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

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWarDeployment;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules that the packages keep.
 */
class ArchitectureTests {

	private static final String PACKAGE = "io.github.gracefulboot";

	private static final String ROOT = PACKAGE + ".";

	private static final String[] CORE = { ROOT + "shutdown..", ROOT + "startup..", ROOT + "traffic.." };

	private final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(PACKAGE);

	@Test
	void theCoreImportsNoConcern() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage(PACKAGE + "..")
				.and(JavaClass.Predicates.resideOutsideOfPackages(CORE)))
			.because("concerns plug into the core and can be left out of it")
			.check(this.classes);
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
			.check(this.classes);
	}

	@Test
	void concernsDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "(*)..")
			.should()
			.notDependOnEachOther()
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(PACKAGE + ".."),
					JavaClass.Predicates.resideInAnyPackage(CORE))
			.because("deleting one folder removes one feature")
			.check(this.classes);
	}

	@Test
	void serversDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "web.(*)..")
			.should()
			.notDependOnEachOther()
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(ROOT + "web.."),
					JavaClass.Predicates.resideInAPackage(ROOT + "web.listener.."))
			.because("an application has one server")
			.check(this.classes);
	}

	@Test
	void supervisorsDoNotImportEachOther() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + "supervisor.(*)..")
			.should()
			.notDependOnEachOther()
			.ignoreDependency(JavaClass.Predicates.resideInAPackage(ROOT + "supervisor.."),
					JavaClass.Predicates.resideInAPackage(ROOT + "supervisor.posix.."))
			.because("deleting one folder removes one supervisor")
			.check(this.classes);
	}

	@Test
	void supervisorsAreNotKnownToThoseWhoTellThem() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(ROOT + "supervisor", ROOT + "supervisor.posix..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(ROOT + "supervisor.pm2..", ROOT + "supervisor.systemd..", ROOT + "supervisor.s6..",
					ROOT + "supervisor.file..")
			.because("a user's supervisor is told like ours")
			.check(this.classes);
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

		}).because("NullAway checks what is marked").check(this.classes);
	}

	@Test
	void nobodyAsksBootForWars() {
		ArchRuleDefinition.noClasses()
			.should()
			.dependOnClassesThat()
			.areAssignableTo(ConditionalOnNotWarDeployment.class)
			.because("its condition can not be evaluated without Spring Web, which an application with gRPC or "
					+ "messaging alone does not have")
			.check(this.classes);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.because("nobody calls them but Spring")
			.check(this.classes);
	}

	@Test
	void fieldsDoNotChangeStatically() {
		ArchRuleDefinition.fields()
			.that()
			.areStatic()
			.should()
			.beFinal()
			.because("contexts multiply in tests")
			.check(this.classes);
	}

	@Test
	void autoConfigurationsAreFinalAndAllOfThemAreImportedInOrder() throws IOException {
		List<JavaClass> autoConfigurations = this.classes.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.toList();
		assertThat(autoConfigurations).allMatch((type) -> type.getModifiers().contains(JavaModifier.FINAL));
		assertThat(imports(AutoConfiguration.class.getName() + ".imports"))
			.containsExactlyElementsOf(autoConfigurations.stream().map(JavaClass::getName).sorted().toList());
	}

	private static List<String> imports(String name) throws IOException {
		return Arrays.asList(new ClassPathResource("META-INF/spring/" + name).getContentAsString(StandardCharsets.UTF_8)
			.strip()
			.split("\n"));
	}

}
